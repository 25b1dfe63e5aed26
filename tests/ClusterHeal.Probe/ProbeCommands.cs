using System.Management.Automation;
using System.Runtime.Loader;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Probe;

/// <summary>Counts, one number at a time, and says in a file how it ended.</summary>
[Cmdlet(VerbsCommon.Get, "ProbeNumber")]
[OutputType(typeof(int))]
public sealed class GetProbeNumberCommand : AsyncCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public int Count { get; set; } = 3;

    [Parameter]
    public int DelayMilliseconds { get; set; }

    [Parameter, FilePath]
    public string? EndFile { get; set; }

    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var end = "cancelled";
        try
        {
            for (var i = 1; i <= Count; i++)
            {
                sink.Progress(new OperationProgress("Counting", $"{i}", i * 100 / Count));
                sink.Verbose($"number {i}");
                sink.Emit(i);
                await Task.Delay(DelayMilliseconds, cancellationToken);
            }

            end = "counted";
        }
        finally
        {
            if (EndFile is not null) await File.WriteAllTextAsync(EndFile, end, CancellationToken.None);
        }
    }
}

/// <summary>Changes what it is told, after asking.</summary>
[Cmdlet(VerbsCommon.Set, "Probe", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(string))]
public sealed class SetProbeCommand : AsyncCmdlet
{
    [Parameter(Position = 0)]
    public string[] Name { get; set; } = ["a"];

    [Parameter]
    public SwitchParameter Dangerous { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var name in Name)
        {
            if (!await sink.ConfirmAsync($"probe '{name}'", "Change", cancellationToken)) continue;
            if (Dangerous && !await sink.ConfirmDangerAsync("Below quorum", $"Change '{name}' anyway?", cancellationToken)) continue;
            sink.Emit($"changed {name}");
        }
    }
}

/// <summary>Fails in the ways that an operation can fail.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ProbeFailure")]
public sealed class InvokeProbeFailureCommand : AsyncCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public string Kind { get; set; } = "";

    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        sink.Emit("before " + Kind);
        var fault = new ClusterHealException(ErrorIds.PathExists, FaultCategory.AlreadyExists, $"'{Kind}' is there.", Kind, "Use another name.");
        if (Kind == "unexpected") throw new FormatException("not foreseen");
        if (Kind == "throw") throw fault;
        sink.Fail(fault);
        await Task.Yield();
        sink.Emit("after " + Kind);
    }
}

/// <summary>Says which files it was given.</summary>
[Cmdlet(VerbsCommon.Get, "ProbeFile", DefaultParameterSetName = PathSet)]
[OutputType(typeof(string))]
public sealed class GetProbeFileCommand : FileCmdlet
{
    protected override Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        sink.Emit(path);
        return Task.CompletedTask;
    }
}

/// <summary>Says in which load context the engine, or a library of it, is.</summary>
[Cmdlet(VerbsCommon.Get, "ProbeEngine")]
[OutputType(typeof(string))]
public sealed class GetProbeEngineCommand : AsyncCmdlet
{
    [Parameter]
    public SwitchParameter Library { get; set; }

    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var engine = System.Reflection.Assembly.Load("ClusterHeal.Core");
        var context = AssemblyLoadContext.GetLoadContext(engine)!;
        var asked = Library ? context.LoadFromAssemblyName(new("YamlDotNet")) : engine;
        sink.Emit(AssemblyLoadContext.GetLoadContext(asked)!.Name!);
        return Task.CompletedTask;
    }
}

/// <summary>Says a text in every way in which an operation can say one.</summary>
[Cmdlet(VerbsCommon.Show, "ProbeText", SupportsShouldProcess = true)]
[OutputType(typeof(CheckResult), typeof(string))]
public sealed class ShowProbeTextCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Text { get; set; } = "";

    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        sink.Progress(new OperationProgress(Text, Text, 1));
        sink.Verbose(Text);
        sink.Warning(Text);
        sink.Emit(Text);
        sink.Emit(new CheckResult { Name = Text, Target = Text, Status = CheckStatus.Fail, Message = Text, Evidence = [Text], Remedy = Text });
        sink.Fail(new ClusterHealException(ErrorIds.PathNotFound, FaultCategory.NotFound, Text, Text, Text));
        if (await sink.ConfirmAsync(Text, Text, cancellationToken)) throw new FormatException(Text);
    }
}

/// <summary>Says what parameters of each kind became of what was typed.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "ProbeParameter")]
[OutputType(typeof(string))]
public sealed class MeasureProbeParameterCommand : PSCmdlet
{
    [Parameter, Duration]
    public TimeSpan? For { get; set; }

    [Parameter, Seconds, ValidateRange(0, 1000000)]
    public int? TimeoutSec { get; set; }

    [Parameter, Days]
    public int? CertificateDay { get; set; }

    [Parameter, NameList]
    public string[]? Name { get; set; }

    [Parameter, NameList]
    public HealthArea[]? Area { get; set; }

    [Parameter, ComponentName(ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd)]
    public ClusterComponent[]? Component { get; set; }

    [Parameter, ComponentName(ClusterComponent.Kubelet, ClusterComponent.ContainerRuntime)]
    public ClusterComponent[]? NodeComponent { get; set; }

    protected override void ProcessRecord()
    {
        if (For is { } duration) WriteObject(duration.ToString());
        if (TimeoutSec is { } seconds) WriteObject($"{seconds}");
        if (CertificateDay is { } days) WriteObject($"{days}");
        if (Name is not null) WriteObject(string.Join('|', Name));
        if (Area is not null) WriteObject(string.Join('|', Area));
        if (Component is not null) WriteObject(string.Join('|', Component));
        if (NodeComponent is not null) WriteObject(string.Join('|', NodeComponent));
    }
}
