using System.Management.Automation;
using System.Management.Automation.Host;

namespace ClusterHeal.Cmdlets;

/// <summary>Turns what an operation says into PowerShell's streams and questions, on the pipeline thread.</summary>
/// <param name="runtime">The runtime of the cmdlet that runs the operation.</param>
/// <param name="consent">What its user said beforehand about being asked.</param>
/// <param name="time">The clock by which progress is thinned out.</param>
internal sealed class PipelineSink(ICommandRuntime runtime, Consent consent, TimeProvider time) : IOperationSink
{
    private readonly PipelinePump _pump = new();
    private readonly ProgressThrottle _progress = new(time);

    /// <summary>
    /// Runs an operation to its end. An exception of the operation is the failure of this one input: an error record, after
    /// which the pipeline goes on with its next.
    /// </summary>
    /// <param name="work">The operation.</param>
    /// <param name="stop">Cancelled when the user stops the pipeline.</param>
    /// <exception cref="PipelineStoppedException">The user stopped the pipeline.</exception>
    public void Run(Func<IOperationSink, CancellationToken, Task> work, CancellationToken stop)
    {
        Exception? failure;
        try
        {
            failure = _pump.Run(cancellationToken => work(this, cancellationToken), stop);
        }
        finally
        {
            CompleteProgress();
        }

        if (stop.IsCancellationRequested) throw new PipelineStoppedException();
        if (failure is not null) runtime.WriteError(ErrorRecords.From(failure));
    }

    /// <inheritdoc/>
    public void Emit(object record) => _pump.Post(() => runtime.WriteObject(record));

    /// <inheritdoc/>
    public void Fail(ClusterHealException fault) => _pump.Post(() => runtime.WriteError(ErrorRecords.From(fault)));

    /// <inheritdoc/>
    public void Verbose(string message) => _pump.Post(() => runtime.WriteVerbose(message));

    /// <inheritdoc/>
    public void Warning(string message) => _pump.Post(() => runtime.WriteWarning(message));

    /// <inheritdoc/>
    public void Progress(OperationProgress progress)
    {
        if (_progress.TryShow(progress) is { } activityId) _pump.Post(() => WriteProgress(progress, activityId));
    }

    /// <inheritdoc/>
    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) =>
        _pump.AskAsync(() => consent.CoversChange || Ask(target, () => runtime.ShouldProcess(target, action)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) =>
        _pump.AskAsync(
            () => consent.CoversDanger || (!consent.WhatIf && Ask(question, () => runtime.ShouldContinue(question, caption))),
            cancellationToken);

    private bool Ask(string target, Func<bool> question)
    {
        try
        {
            return question();
        }
        catch (Exception noAnswer) when (noAnswer is PSInvalidOperationException or HostException)
        {
            // What a host without a user throws when it should prompt. As an ordinary error it would let a script go on.
            runtime.ThrowTerminatingError(ErrorRecords.ConfirmationRequired(target, consent.Force, noAnswer));
            throw;
        }
    }

    private void WriteProgress(OperationProgress progress, int activityId) =>
        runtime.WriteProgress(new ProgressRecord(activityId, progress.Activity, progress.Status)
        {
            PercentComplete = progress.PercentComplete ?? -1,
            RecordType = progress.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        });

    private void CompleteProgress()
    {
        try
        {
            foreach (var (progress, activityId) in _progress.TakeUnfinished()) WriteProgress(progress, activityId);
        }
        catch (PipelineStoppedException)
        {
            // A stopping pipeline takes no records any more; its host removes the progress bar by itself.
        }
    }
}
