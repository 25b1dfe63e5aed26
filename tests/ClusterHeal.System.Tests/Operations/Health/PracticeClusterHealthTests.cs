using ClusterHeal.Operations;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>
/// Faults are injected one at a time into a whole cluster that runs: each is found, named with its remedy, and nothing else is blamed. All of
/// them with <c>CLUSTERHEAL_TEST_ALL</c>; then the hosts are looked at each time, and the cluster has to be well after each.
/// </summary>
public sealed class PracticeClusterHealthTests
{
    [Fact]
    public async Task Each_fault_of_a_running_cluster_is_found_alone()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await HealthLab.StartAsync(EtcdForm.SystemdUnit, kubernetesAssets: null);
        await lab.ExpectWellAsync(hosts: true);
        await EachAsync(lab, ObjectFaults.All.Concat(HostFaults.All), thorough: true);
        await lab.ExpectWellAsync(hosts: true);

        // etcd is seen through the hosts as well as by its endpoints.
        SeesAllBut(await lab.TestAsync(endpoints: false));
        string[] objects = ["Nodes", "System", "Pods", "Budgets", "Extensions"];
        SeesAllBut(await lab.TestAsync(hosts: false, endpoints: false, backups: false), "Etcd", "ControlPlane", "Backups");
        SeesAllBut(await lab.TestAsync(kubernetes: false, hosts: false), [.. objects, "ApiServer", "ControlPlane"]);
        SeesAllBut(await lab.TestAsync(kubernetes: false, endpoints: false, backups: false), [.. objects, "ControlPlane", "Backups"]);
    }

    [Fact]
    public async Task A_cluster_of_Kubernetes_own_programs_is_well_and_its_faults_are_found()
    {
        var assets = LocalControlPlaneOptions.AssetsOfEnvironment;
        Assert.SkipWhen(assets is null, "KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and the others.");
        await using var lab = await HealthLab.StartAsync(EtcdForm.StaticPod, assets);
        await lab.ExpectWellAsync(hosts: true);
        await EachAsync(lab, ObjectFaults.All, thorough: false);
        await lab.ExpectWellAsync(hosts: true);
    }

    /// <summary>Everything that was given to look at is well, and what was not is named.</summary>
    private static void SeesAllBut(IReadOnlyList<CheckResult> results, params string[] areas)
    {
        var (unseen, seen) = (results.Where(IsScope).ToList(), results.Where(r => !IsScope(r)));
        Assert.All(seen, r => Assert.True(r.Status == CheckStatus.Pass, $"{r.Target}: {r}"));
        Assert.Equal(areas.Order(), unseen.Select(r => r.Area).Distinct().Order());
        Assert.All(unseen, r => Assert.False(string.IsNullOrWhiteSpace(r.Remedy)));

        static bool IsScope(CheckResult result) => result.Name == ClusterHealthTest.ScopeName;
    }

    private static async Task EachAsync(HealthLab lab, IEnumerable<LiveFault> faults, bool thorough)
    {
        foreach (var fault in faults)
        {
            var clock = TimeProvider.System.GetTimestamp();
            await fault.InjectAsync(lab);
            await lab.ExpectAsync(fault, hosts: thorough);
            await fault.HealAsync(lab);
            if (thorough) await lab.ExpectWellAsync(hosts: true);
            TestContext.Current.SendDiagnosticMessage($"{TimeProvider.System.GetElapsedTime(clock).TotalSeconds:0.0} s: {fault}");
        }
    }
}
