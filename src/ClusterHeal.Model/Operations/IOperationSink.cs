namespace ClusterHeal;

/// <summary>
/// Where an operation of the engine puts what it has to say while it runs. A cmdlet turns it into PowerShell's streams, a test
/// records it, the tour prints it. Calls may come from any thread; they never throw for the receiver's sake.
/// </summary>
public interface IOperationSink
{
    /// <summary>Hands out a result at the moment it is known.</summary>
    void Emit(object record);

    /// <summary>One target failed and the operation goes on with the others.</summary>
    void Fail(ClusterHealException fault);

    /// <summary>How far the operation is. May be called as often as the engine likes; the receiver thins it out.</summary>
    void Progress(OperationProgress progress);

    /// <summary>What the operation does, for a reader who wants to follow it.</summary>
    void Verbose(string message);

    /// <summary>Something that the user should decide about, though the operation goes on.</summary>
    void Warning(string message);

    /// <summary>
    /// Asks whether one change may be made. False if the user said no, or if only a plan is wanted (<c>-WhatIf</c>).
    /// </summary>
    /// <param name="target">What is changed, with its cluster: <c>node 'kubew03' in cluster 'prod'</c>.</param>
    /// <param name="action">What is done to it, exactly.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken);

    /// <summary>
    /// Asks a second time, for a change that a safety rule would refuse and that the user forced. False means no.
    /// </summary>
    /// <param name="caption">The rule in a few words.</param>
    /// <param name="question">What will happen if the answer is yes.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken);
}
