using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Drills;

/// <summary>Get-FailureDrill: the catalogue of drills. Asks no cluster.</summary>
[Cmdlet(VerbsCommon.Get, "FailureDrill")]
[OutputType(typeof(FailureDrill))]
public sealed class GetFailureDrillCommand : AsyncCmdlet
{
    /// <summary>The drills.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), NameList]
    public DrillName[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var drill in DrillCatalogue.Entries.Where(d => Name.Length == 0 || Name.Contains(d.Name))) sink.Emit(drill);
        return Task.CompletedTask;
    }
}
