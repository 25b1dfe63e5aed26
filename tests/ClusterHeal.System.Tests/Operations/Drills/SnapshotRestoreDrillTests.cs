using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Tests.Hosts;
using k8s;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>The restore of a whole cluster as a drill: where it is refused, and what it finds out.</summary>
[Collection(DrillLab.Name)]
public sealed class SnapshotRestoreDrillTests(DrillLab lab)
{
    private const string Put = "Put the new data in place";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_plan_says_what_the_restore_will_do_and_nothing_is_touched()
    {
        DrillLab.SkipUnlessAll();
        var sink = new RecordingSink { Answer = false };
        await new FailureDrillRun(await lab.RequestAsync(DrillName.SnapshotRestore), sink, TimeProvider.System).RunAsync(Stop);
        var plan = Assert.IsType<DrillPlan>(Assert.Single(sink.Records));
        Assert.Equal(["kubem00", "kubem01", "kubem02"], plan.TargetName);
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15)), (plan.HealAfter, plan.Longest));
        Assert.Contains(plan.Step, s => s.Contains("Move '/var/lib/etcd/member' aside on kubem02", StringComparison.Ordinal));
        Assert.Contains(plan.Step, s => s.Contains("Stop on kubem00: kube-scheduler.service", StringComparison.Ordinal));
        // The flags of the practice cluster: lease 9 s and retry 1 s, grace period 10 s and monitor period 1 s; 6 s of tolerance.
        Assert.Equal(9 + 2.2 + 10 + 1 + 6, plan.Hypotheses.Single(h => h.Name == "NodesStayReady").Latest.TotalSeconds, 3);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cluster_that_is_no_practice_cluster_needs_force_and_a_yes()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.SnapshotRestore);
        using var api = new KubernetesClient(request.Kubernetes, TimeProvider.System);
        await SetRuntimeAsync("\"containerd://2.1.4\"", "containerd://2.1.4");
        try
        {
            var fault = await RefusedAsync(request, new RecordingSink());
            Assert.Contains("is no practice cluster", fault.Message, StringComparison.Ordinal);
            Assert.Contains("-Force", fault.Remedy, StringComparison.Ordinal);

            var no = new RecordingSink { DangerAnswer = false };
            fault = await RefusedAsync(request with { Force = true }, no);
            Assert.Contains("what anybody changes between the snapshot and the restore is lost", fault.Message, StringComparison.Ordinal);
            Assert.Contains(no.Questions, q => q.Contains("Begin the drill anyway?", StringComparison.Ordinal));

            // A member is lost only with force, and etcd is filled nowhere else.
            fault = await RefusedAsync(await lab.RequestAsync(DrillName.EtcdMemberLoss), new RecordingSink());
            Assert.Contains("is no practice cluster", fault.Message, StringComparison.Ordinal);
            fault = await RefusedAsync(await lab.RequestAsync(DrillName.EtcdNoSpace) with { Force = true }, new RecordingSink());
            Assert.Contains("is no practice cluster", fault.Message, StringComparison.Ordinal);

            // With force it is as far as the question on any cluster, so its plan can be looked at.
            var whatIf = new RecordingSink { Answer = false };
            await new FailureDrillRun(request with { Force = true }, whatIf, TimeProvider.System).RunAsync(Stop);
            Assert.IsType<DrillPlan>(Assert.Single(whatIf.Records));
        }
        finally
        {
            await SetRuntimeAsync("null", "practice://1");
        }

        await lab.AssertNothingIsLeftAsync();

        async Task SetRuntimeAsync(string annotation, string said)
        {
            var patch = $$"""{"metadata":{"annotations":{"practice.clusterheal/runtime":{{annotation}} } } }""";
            await api.PatchNodeAsync("kubew02", patch, Stop);
            await HostLab.EventuallyAsync(
                async () => (await api.GetAsync(Resources.Nodes, null, "kubew02", Stop)).Status.NodeInfo.ContainerRuntimeVersion == said, $"kubew02 says {said}");
        }
    }

    [Fact]
    public async Task A_cluster_is_not_restored_for_the_API_of_another()
    {
        DrillLab.SkipUnlessAll();
        await using var other = await LocalControlPlane.StartAsync(
            new LocalControlPlaneOptions { KubernetesAssets = LocalControlPlaneOptions.AssetsOfEnvironment, Nodes = ["kubew01", "kubew02"] }, Stop);
        var request = await lab.RequestAsync(DrillName.SnapshotRestore) with
        {
            Kubernetes = (await KubernetesConnection.ReadAsync([other.Kubeconfig], null, Stop)) with { ClusterName = "another" },
        };
        var fault = await RefusedAsync(request, new RecordingSink());
        Assert.Contains("does not keep its objects in the etcd on kubem00", fault.Message, StringComparison.Ordinal);
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_restore_that_somebody_else_has_left_is_ended_first_and_not_by_the_drill()
    {
        DrillLab.SkipUnlessAll();
        var host = lab.Cluster.Hosts["kubem01"];
        await host.SaysAsync("mkdir -p /var/lib/clusterheal/restore/former && cd /var/lib/clusterheal/restore/former && echo 'echo old' > member.sh && : > plan");
        try
        {
            var fault = await RefusedAsync(await lab.RequestAsync(DrillName.SnapshotRestore), new RecordingSink());
            Assert.Contains("The restore former was interrupted", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await host.SaysAsync("rm -r /var/lib/clusterheal/restore/former");
        }
    }

    [Fact]
    public async Task Hosts_that_would_not_bring_themselves_back_are_left_alone()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.SnapshotRestore) with { HealAfter = TimeSpan.Zero };
        var fault = await RefusedAsync(request, new RecordingSink());
        Assert.Contains("-For", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_a_cluster_is_not_restored()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.SnapshotRestore);
        var fault = await RefusedAsync(request with { TargetName = ["kubem00"] }, new RecordingSink());
        Assert.Contains("the whole cluster", fault.Message, StringComparison.Ordinal);
        fault = await RefusedAsync(request with { Hosts = [.. request.Hosts.Take(2)] }, new RecordingSink(), ErrorIds.RestoreRefused);
        Assert.Contains("The member 'kubem02'", fault.Message, StringComparison.Ordinal);

        // The leases of four API servers, of which three are on the hosts.
        var (etcd, host) = (lab.Cluster.Etcd, lab.Cluster.Masters[0]);
        foreach (var address in new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4" })
        {
            (await etcd.EtcdCtlAsync(host, Stop, "put", $"/registry/masterleases/{address}", "x")).Expect();
        }

        try
        {
            fault = await RefusedAsync(request, new RecordingSink());
            Assert.Contains("4 API servers are alive, and 3 are on the hosts", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await etcd.EtcdCtlAsync(host, Stop, "del", "--prefix", "/registry/masterleases/");
        }
    }

    [Fact]
    public async Task What_is_lost_again_and_a_workload_that_does_not_serve_are_found_out()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.SnapshotRestore);
        using var api = new KubernetesClient(request.Kubernetes, TimeProvider.System);
        var locks = "";
        var somebody = Task.CompletedTask;
        var sink = new RecordingSink
        {
            // What is done in the restore holds it up, so that it is seen whatever the machine's speed.
            OnProgress = progress =>
            {
                if (progress.Status == Put) Task.WhenAll(lab.Cluster.Workers.Select(w => HideAsync(w.Name))).GetAwaiter().GetResult();
                else if (progress.Status == $"{DrillPhase.Observation}") somebody = DeleteAgainAsync();
            },
        };
        await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(Stop);
        await somebody;

        var report = Assert.IsType<DrillReport>(Assert.Single(sink.Records));
        Assert.True(report.Verdict == DrillVerdict.NotAsExpected, DrillLab.Text(report));
        Assert.Equal(["WorkloadServesOn", "LostIsBack"], report.Hypotheses.Where(h => h.Status == CheckStatus.Fail).Select(h => h.Name));
        // The drill's lock outlives the restore, which is a part of it.
        Assert.Equal(report.OperationId, locks);
        await lab.AssertNothingIsLeftAsync();

        async Task HideAsync(string worker)
        {
            var host = lab.Cluster.Hosts[worker];
            await host.SaysAsync("systemctl kill --signal=STOP kube-proxy");
            // A question waits for 4 s, twice.
            await Task.Delay(TimeSpan.FromSeconds(20), Stop);
            await host.SaysAsync("systemctl kill --signal=CONT kube-proxy");
        }

        async Task DeleteAgainAsync()
        {
            locks = await lab.Cluster.Hosts["kubem00"].SaysAsync("head -n 1 /var/lib/clusterheal/lock");
            var operation = locks.ToLowerInvariant();
            await api.DeleteAsync(
                "deployment 'lost'",
                (k8s, stop) => k8s.AppsV1.DeleteNamespacedDeploymentAsync("lost", Canary.Prefix + operation, cancellationToken: stop),
                Stop);
        }
    }

    [Fact]
    public async Task The_user_who_stops_it_in_the_middle_gets_the_former_data_back()
    {
        DrillLab.SkipUnlessAll();
        using var user = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                if (progress.Status == Put) user.Cancel();
            },
        };
        await new FailureDrillRun(await lab.RequestAsync(DrillName.SnapshotRestore), sink, TimeProvider.System).RunAsync(user.Token);
        var report = Assert.IsType<DrillReport>(Assert.Single(sink.Records));
        Assert.True(report.Verdict == DrillVerdict.EndedEarly, DrillLab.Text(report));
        Assert.Equal(ErrorIds.DrillEndedEarly, Assert.Single(sink.Faults).ErrorId);
        Assert.Contains(report.Observations, o => o.Value == "PutBack");
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task What_it_leaves_can_be_taken_back()
    {
        DrillLab.SkipUnlessAll();
        var request = await lab.RequestAsync(DrillName.SnapshotRestore);
        var (report, _) = await DrillLab.RunAsync(request);
        Assert.True(report.Verdict == DrillVerdict.AsExpected, DrillLab.Text(report));
        Assert.All(report.Kept.Take(2), line => Assert.True(File.Exists(line.Split('\'')[1]), line));
        Assert.Contains(report.Kept, line => line.StartsWith($"'/var/lib/etcd/member.clusterheal-{report.OperationId}.old' on kubem02", StringComparison.Ordinal));
        Assert.StartsWith($"Undo-EtcdRestore -OperationId {report.OperationId}", report.Kept[^1], StringComparison.Ordinal);

        var wanted = new ClusterRestoreUndoRequest { Cluster = "practice", OpenShell = HostLab.Shells.Open, OperationId = report.OperationId };
        var sink = new RecordingSink();
        await using (var undo = new ClusterRestoreUndo(request.Hosts, wanted, request.JournalFolder, TimeProvider.System)) await undo.RunAsync(sink, Stop);
        Assert.True(Assert.IsType<ClusterRestoreReport>(Assert.Single(sink.Records)).Succeeded);

        using var api = new KubernetesClient(request.Kubernetes, TimeProvider.System);
        var name = Canary.Prefix + report.OperationId.ToLowerInvariant();
        Assert.NotNull(await api.FindAsync(Resources.Any("v1", "configmaps"), name, "late", Stop));
        await api.DeleteAsync("namespace", (k8s, stop) => k8s.CoreV1.DeleteNamespaceAsync(name, cancellationToken: stop), Stop);
        await lab.AssertNothingIsLeftAsync();
    }

    private static async Task<ClusterHealException> RefusedAsync(FailureDrillRequest request, RecordingSink sink, string id = ErrorIds.DrillRefused)
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(Stop));
        Assert.Equal(id, fault.ErrorId);
        Assert.Empty(sink.Records);
        return fault;
    }
}
