using ClusterHeal.Operations.Certificates;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>An operator's process that is killed in the middle of a renewal: this test program again, running the one test below.</summary>
public sealed class RenewalOperator
{
    private const string Folder = "CLUSTERHEAL_TEST_FOLDER", Hosts = "CLUSTERHEAL_TEST_HOSTS", LastStep = "CLUSTERHEAL_TEST_STEP";

    internal static Task<ToolResult> StartAsync(string folder, string hosts, string lastStep, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string?> { [Folder] = folder, [Hosts] = hosts, [LastStep] = lastStep };
        string[] arguments = [typeof(RenewalOperator).Assembly.Location, "-explicit", "only", "-class", typeof(RenewalOperator).FullName!];
        return Tool.RunAsync("dotnet", arguments, cancellationToken, environment);
    }

    internal static CertificateRenewalRequest Request(string folder, string hosts) => new()
    {
        OpenShell = HostLab.Shells.Open,
        Cluster = "practice",
        Hosts = [.. hosts.Split(',').Select(host => host.Split('=')).Select(host => RestoreOperator.Connection(folder, host[0], host[1]))],
        HealAfter = TimeSpan.FromMinutes(5),
        Force = true,
    };

    [Fact(Explicit = true)]
    public async Task Renews_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(Folder)!;
        var request = Request(folder, Environment.GetEnvironmentVariable(Hosts)!);
        await using var renewal = new CertificateRenewal(request, Path.Combine(folder, "journal"), TimeProvider.System);
        await renewal.RunAsync(new DyingSink("Renewing certificates of practice", Environment.GetEnvironmentVariable(LastStep)!), CancellationToken.None);
    }
}
