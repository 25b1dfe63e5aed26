using System.Management.Automation;
using System.Management.Automation.Host;

namespace ClusterHeal.Tests.Cmdlets;

/// <summary>A pipeline that notes what is said to it and on which thread, and answers questions as a test wants.</summary>
internal sealed class FakeRuntime : ICommandRuntime2
{
    private readonly List<object> _said = [];

    /// <summary>Everything that was said, in order: records themselves, and the rest as "stream: text".</summary>
    public IReadOnlyList<object> Said => _said;

    public HashSet<int> Threads { get; } = [];

    /// <summary>Called with each record before it is noted.</summary>
    public Action<object> OnWrite { get; init; } = _ => { };

    public Func<bool> ShouldProcessAnswer { get; init; } = () => true;

    public Func<bool> ShouldContinueAnswer { get; init; } = () => true;

    public PSHost Host => throw new NotSupportedException();

    public PSTransactionContext CurrentPSTransaction => throw new NotSupportedException();

    public void WriteObject(object sendToPipeline) => Note(sendToPipeline);

    public void WriteObject(object sendToPipeline, bool enumerateCollection) => throw new NotSupportedException();

    public void WriteError(ErrorRecord errorRecord) => Note("error");

    public void WriteProgress(ProgressRecord progressRecord) => Note("progress");

    public void WriteProgress(long sourceId, ProgressRecord progressRecord) => throw new NotSupportedException();

    public void WriteVerbose(string text) => Note("verbose: " + text);

    public void WriteWarning(string text) => Note("warning: " + text);

    public void WriteDebug(string text) => throw new NotSupportedException();

    public void WriteCommandDetail(string text) => throw new NotSupportedException();

    public void WriteInformation(InformationRecord informationRecord) => throw new NotSupportedException();

    public bool ShouldProcess(string target, string action)
    {
        Note($"should process: {action} {target}");
        return ShouldProcessAnswer();
    }

    public bool ShouldContinue(string query, string caption, bool hasSecurityImpact, ref bool yesToAll, ref bool noToAll)
    {
        Note($"should continue: {caption} {query}");
        Assert.True(hasSecurityImpact);
        return ShouldContinueAnswer();
    }

    public void ThrowTerminatingError(ErrorRecord errorRecord)
    {
        Note("terminating");
        throw new PipelineStoppedException();
    }

    public bool ShouldProcess(string target) => throw new NotSupportedException();

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) => throw new NotSupportedException();

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason shouldProcessReason) =>
        throw new NotSupportedException();

    public bool ShouldContinue(string query, string caption) => throw new NotSupportedException();

    public bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll) => throw new NotSupportedException();

    public bool TransactionAvailable() => throw new NotSupportedException();

    private void Note(object what)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        OnWrite(what);
        _said.Add(what);
    }
}
