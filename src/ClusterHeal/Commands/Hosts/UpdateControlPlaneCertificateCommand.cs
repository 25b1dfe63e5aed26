using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Certificates;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Hosts;

/// <summary>Renews the expiring certificates of a control plane, one host after the other.</summary>
[Cmdlet(VerbsData.Update, "ControlPlaneCertificate", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CertificateRenewalReport), typeof(CertificateRenewalPlan))]
public sealed class UpdateControlPlaneCertificateCommand : SelfHealingCmdlet
{
    /// <summary>The control-plane hosts.</summary>
    [Parameter(Position = 0)]
    [Alias("ComputerName")]
    [ValidateCount(1, 15), NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <summary>A certificate that expires within this time is renewed.</summary>
    [Parameter, Duration]
    public TimeSpan Within { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The name of the cluster in prompts and reports.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ClusterName { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var hosts = HostsOrConnected(HostName);
        var request = new CertificateRenewalRequest
        {
            OpenShell = Shells.Open,
            Cluster = ClusterName ?? Operations.ClusterName.Of(Connected, hosts),
            Hosts = [.. hosts.DistinctBy(HostNames.Normal).Select(ConnectionTo)],
            Within = Within,
            Force = Force,
            HealAfter = For,
        };
        await using var renewal = new CertificateRenewal(request, OperationJournal.DefaultFolder, TimeProvider.System);
        await renewal.RunAsync(sink, cancellationToken).ConfigureAwait(false);
    }
}
