using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The base of every cmdlet. The engine works asynchronously and reports to a sink; each message reaches the pipeline at once. Ctrl+C cancels the
/// engine and waits until it has cleaned up.
/// </summary>
/// <remarks>
/// A cmdlet is attributes, parameters and one override:
/// <code>
/// [Cmdlet(VerbsCommon.Get, "EtcdMember")]
/// [OutputType(typeof(EtcdMember))]
/// public sealed class GetEtcdMemberCommand : AsyncCmdlet
/// {
///     [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
///     public string[] Endpoint { get; set; } = [];
///
///     [Parameter, FilePath]                       // a path is made absolute when it is bound, against PowerShell's location
///     public string? CaFile { get; set; }
///
///     protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken) =>
///         new MemberQuery(Endpoint, CaFile).RunAsync(sink, cancellationToken);     // an engine call: sink.Emit, sink.Fail …
/// }
/// </code>
/// The override runs on the thread pool: it uses the sink and never <c>WriteObject</c>, <c>ShouldProcess</c> or <c>SessionState</c>.
/// An exception of it becomes a non-terminating error of this input; <see cref="IOperationSink.Fail"/> reports one
/// target among several. A cmdlet that changes something sets <c>SupportsShouldProcess</c> and its <c>ConfirmImpact</c>, has a
/// switch <c>Force</c>, and its engine calls <see cref="IOperationSink.ConfirmAsync"/>: <c>-WhatIf</c>, <c>-Confirm</c> and <c>-Force</c>
/// are handled there. A cmdlet that reads files derives from <see cref="FileCmdlet"/>.
/// </remarks>
public abstract class AsyncCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Opens the connections to hosts, and reports on the verbose stream with which transport.</summary>
    private protected HostShells Shells { get; private set; } = null!;

    /// <summary>Does the work for one input of the pipeline, on the thread pool.</summary>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and if the pipeline ends early.</param>
    protected abstract Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken);

    /// <summary>Does what is left after all input, on the thread pool. For cmdlets that gather their input first.</summary>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and if the pipeline ends early.</param>
    protected virtual Task EndAsync(IOperationSink sink, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(ProcessAsync);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Run(EndAsync);
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{MyInvocation.MyCommand.Name} took {Stopwatch.GetElapsedTime(_began).TotalSeconds:0.00} s."));
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Frees what the cmdlet holds. PowerShell calls it when the pipeline has ended.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">True if <see cref="Dispose()"/> calls it.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _stop.Dispose();
    }

    private void Run(Func<IOperationSink, CancellationToken, Task> work)
    {
        var sink = new PipelineSink((ICommandRuntime2)CommandRuntime, ReadConsent(), TimeProvider.System, UserWarning());
        Shells = new HostShells(sink.Verbose);
        CallLog.TellTo(IsVerbose ? sink.Verbose : null);
        try
        {
            sink.Run(work, _stop.Token);
        }
        finally
        {
            CallLog.TellTo(null);
        }
    }

    private bool IsVerbose => BoundSwitch("Verbose")
        ?? LanguagePrimitives.ConvertTo<ActionPreference>(GetVariableValue("VerbosePreference", ActionPreference.SilentlyContinue))
            is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private Action<string>? UserWarning()
    {
        var bound = MyInvocation.BoundParameters.TryGetValue("WarningAction", out var action) ? action : GetVariableValue("WarningPreference");
        var preference = LanguagePrimitives.ConvertTo<ActionPreference>(bound ?? ActionPreference.Continue);
        return preference is ActionPreference.SilentlyContinue or ActionPreference.Ignore ? null : Host.UI.WriteWarningLine;
    }

    private Consent ReadConsent() => new()
    {
        Force = BoundSwitch("Force") ?? false,
        Confirm = BoundSwitch("Confirm"),
        WhatIf = BoundSwitch("WhatIf") ?? LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference")),
        AsksByItself = AsksByItself(),
        UserPresent = Consent.IsUserAt(Host),
    };

    private bool AsksByItself()
    {
        var impact = GetType().GetCustomAttribute<CmdletAttribute>()!.ConfirmImpact;
        var preference = LanguagePrimitives.ConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference", ConfirmImpact.High));
        return preference != ConfirmImpact.None && impact >= preference;
    }

    private bool? BoundSwitch(string name) =>
        MyInvocation.BoundParameters.TryGetValue(name, out var value) ? LanguagePrimitives.IsTrue(value) : null;
}
