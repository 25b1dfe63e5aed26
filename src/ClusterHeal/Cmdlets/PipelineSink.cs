using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// Turns the messages of an operation into PowerShell's streams and questions, on the pipeline thread. Everything for the user's terminal passes
/// here, so here the texts are made safe for it.
/// </summary>
/// <param name="runtime">The runtime of the cmdlet that runs the operation.</param>
/// <param name="consent">What its user said beforehand about questions.</param>
/// <param name="time">The clock that limits the rate of progress reports.</param>
/// <param name="warnUser">
/// Warns the user outside of the pipeline. One that was stopped, by Ctrl+C or by <c>Select-Object -First 1</c>, accepts nothing more, but the user
/// must know what the operation left.
/// </param>
internal sealed class PipelineSink(ICommandRuntime2 runtime, Consent consent, TimeProvider time, Action<string>? warnUser = null) : IOperationSink
{
    private readonly PipelinePump _pump = new();
    private readonly ProgressThrottle _progress = new(time);
    private readonly VisibleRecords _visible = new();
    private readonly ConcurrentQueue<string> _unsaid = new();
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>
    /// Runs an operation to its end. An exception of the operation is the failure of this one input: an error record, after which the pipeline
    /// continues with the next input.
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
            foreach (var warning in _unsaid) warnUser?.Invoke(warning);
        }

        if (stop.IsCancellationRequested) throw new PipelineStoppedException();
        if (failure is not null) runtime.WriteError(ErrorRecords.From(failure));
    }

    /// <inheritdoc/>
    public void Emit(object record) => _pump.PostWhenRoom(() => runtime.WriteObject(_visible.Of(record)));

    /// <inheritdoc/>
    public void Fail(ClusterHealException fault) => _pump.Post(() => runtime.WriteError(ErrorRecords.From(fault)));

    /// <inheritdoc/>
    public void Verbose(string message) => _pump.Post(() => runtime.WriteVerbose(VisibleText.Of(message)));

    /// <inheritdoc/>
    public void Warning(string message)
    {
        var text = VisibleText.Of(message);
        // The next step may be interrupted, and an interrupted pipeline reports nothing more: the user is told first.
        if (!_pump.PostAndWait(() => Warn(text))) _unsaid.Enqueue(text);
    }

    /// <inheritdoc/>
    public void Progress(OperationProgress progress)
    {
        if (_progress.TryShow(progress) is { } activityId) _pump.Post(() => WriteProgress(progress, activityId));
    }

    /// <inheritdoc/>
    public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) =>
        _pump.AskAsync(() => ConfirmChange(VisibleText.Of(target), VisibleText.Of(action)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) =>
        _pump.AskAsync(() => ConfirmDanger(VisibleText.Of(caption), VisibleText.Of(question)), cancellationToken);

    private void Warn(string text)
    {
        try
        {
            runtime.WriteWarning(text);
        }
        catch (PipelineStoppedException)
        {
            _unsaid.Enqueue(text);
            throw;
        }
    }

    private bool ConfirmChange(string target, string action)
    {
        if (consent.CoversChange) return true;
        if (consent.ChangeIsAsked && !consent.UserPresent) throw NobodyToAsk(target, isDanger: false, noAnswer: null);
        return Ask(target, isDanger: false, () => runtime.ShouldProcess(target, action));
    }

    private bool ConfirmDanger(string caption, string question)
    {
        if (consent.WhatIf) return false;
        if (consent.CoversDanger) return true;
        if (!consent.UserPresent) throw NobodyToAsk(question, isDanger: true, noAnswer: null);
        // "Security impact" makes No the default answer.
        return Ask(question, isDanger: true, () => runtime.ShouldContinue(question, caption, hasSecurityImpact: true, ref _yesToAll, ref _noToAll));
    }

    private bool Ask(string target, bool isDanger, Func<bool> question)
    {
        try
        {
            return question();
        }
        catch (Exception noAnswer) when (noAnswer is PSInvalidOperationException or HostException and not PromptingException)
        {
            // What a host without a user throws when it should prompt. As an ordinary error it would let a script continue.
            throw NobodyToAsk(target, isDanger, noAnswer);
        }
    }

    private PipelineStoppedException NobodyToAsk(string target, bool isDanger, Exception? noAnswer)
    {
        runtime.ThrowTerminatingError(ErrorRecords.ConfirmationRequired(target, consent, isDanger, noAnswer));
        return new PipelineStoppedException();
    }

    private void WriteProgress(OperationProgress progress, int activityId) =>
        runtime.WriteProgress(new ProgressRecord(activityId, VisibleText.Of(progress.Activity), VisibleText.Of(progress.Status))
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
            // A stopping pipeline accepts no records any more. Its host removes the progress bar by itself.
        }
    }
}
