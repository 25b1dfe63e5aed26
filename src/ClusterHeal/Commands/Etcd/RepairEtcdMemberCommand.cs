using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Repairs;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Repairs a member of etcd that is lost, corrupt or was never started: it comes back empty and gets everything from the others.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "EtcdMember", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = MemberSet)]
[OutputType(typeof(MemberRepairReport), typeof(MemberRepairPlan))]
public sealed class RepairEtcdMemberCommand : SelfHealingCmdlet
{
    private const string HostSet = "HostName";
    private const string MemberSet = "Name";

    private string _location = "";

    /// <summary>The host of the member.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = HostSet)]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string HostName { get; set; } = "";

    /// <summary>The name of the member.</summary>
    [Parameter(ParameterSetName = MemberSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MemberCompleter))]
    public string? Name { get; set; }

    /// <summary>The ID of the member.</summary>
    [Parameter(ParameterSetName = MemberSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MemberCompleter))]
    public string? Id { get; set; }

    /// <summary>The hosts of the other members.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty, NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] OtherHostName { get; set; } = [];

    /// <summary>The host to which the member moves.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string? ToHostName { get; set; }

    /// <summary>The name of the cluster in prompts and reports.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ClusterName { get; set; }

    /// <summary>The folder for the snapshot that is saved before.</summary>
    [Parameter, FilePath]
    public string? LastSnapshotDirectory { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _location = SessionPaths.Full(SessionState, ".");
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var byHost = ParameterSetName == HostSet;
        if (!byHost && string.IsNullOrEmpty(Name) && Id is null)
        {
            throw new ClusterHealException(
                ErrorIds.RepairRefused,
                FaultCategory.InvalidArgument,
                "No member is named. Nothing was touched.",
                remedy: "Give the -HostName, the -Name or the -Id of the member, or pipe it from Get-EtcdMember.");
        }

        // The connection of a member that comes from another cmdlet leads through a host of its cluster.
        string?[] named = [byHost ? HostName : HostConnection?.HostName, ToHostName, .. OtherHostName];
        var hosts = named.OfType<string>().Concat(Connected.HostName).DistinctBy(HostNames.Normal).ToArray();
        if (hosts.Length == 0) HostsOrConnected([]);
        var request = new MemberRepairRequest
        {
            OpenShell = Shells.Open,
            Cluster = ClusterName ?? Operations.ClusterName.Of(Connected, hosts),
            Hosts = [.. hosts.Select(ConnectionTo)],
            HostName = byHost ? HostName : null,
            MemberName = byHost ? null : Name,
            MemberId = byHost ? null : Id,
            ToHostName = ToHostName,
            SnapshotFolder = LastSnapshotDirectory ?? _location,
            Force = Force,
            HealAfter = For,
        };
        await using var repair = new MemberRepair(request, OperationJournal.DefaultFolder, TimeProvider.System);
        await repair.RunAsync(sink, cancellationToken).ConfigureAwait(false);
    }
}
