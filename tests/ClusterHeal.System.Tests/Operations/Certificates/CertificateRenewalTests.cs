using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>
/// Certificates of practice clusters that have ended, and all that may come between, with <c>CLUSTERHEAL_TEST_ALL</c>: of one host and of three, as
/// units and as static pods, and of the real control plane where <c>KUBEBUILDER_ASSETS</c> names a folder that has it.
/// </summary>
public sealed class CertificateRenewalTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<EtcdForm, int, bool> Clusters
    {
        get
        {
            var clusters = new TheoryData<EtcdForm, int, bool> { { EtcdForm.StaticPod, 1, false }, { EtcdForm.SystemdUnit, 3, false }, { EtcdForm.StaticPod, 3, false } };
            if (LocalControlPlaneOptions.AssetsOfEnvironment is not null) clusters.Add(EtcdForm.StaticPod, 1, true);
            return clusters;
        }
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task When_all_have_ended_and_no_API_answers_all_are_renewed_and_the_API_answers_again(EtcdForm form, int masters, bool real)
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await CertificateLab.StartAsync(form, masters, real ? LocalControlPlaneOptions.AssetsOfEnvironment : null);
        await lab.ExpireAsync();

        var planned = await lab.RunAsync(sink: new RecordingSink { Answer = false });
        // etcd: server, peer, healthcheck-client. API server: its own, and three as a client. Three kubeconfigs.
        Assert.Equal(10 * masters, Assert.IsType<CertificateRenewalPlan>(Assert.Single(planned.Records)).Certificates.Count);
        Assert.Equal("", await lab.Cluster.Masters[0].SaysAsync("ls /var/lib/clusterheal/certificates"));

        var report = await lab.ExpectAsync(CertificateRenewalOutcome.Renewed);
        output.WriteLine(string.Join('\n', report.Steps.Select(step => $"{step.Duration.TotalSeconds:0.0} s {step}")));

        Assert.Equal(10 * masters, report.Renewed.Count);
        await lab.AssertWellAsync();
        foreach (var host in lab.Cluster.Masters)
        {
            var own = report.Renewed.Where(certificate => certificate.HostName == host.Name).ToDictionary(certificate => Path.GetFileName(certificate.Path));
            Assert.Equal(own["apiserver.crt"].RenewedUntil, await CertificateLab.ShownUntilAsync(host, 6443));
            Assert.Equal(own["server.crt"].RenewedUntil, await CertificateLab.ShownUntilAsync(host, 2379));
            Assert.Equal(own["peer.crt"].RenewedUntil, await CertificateLab.ShownUntilAsync(host, 2380));
            // The former ones are evidence, and are kept.
            foreach (var certificate in own.Values) Assert.NotEqual("", await host.SaysAsync($"ls {certificate.FormerPath}"));
        }

        await lab.ExpectAsync(CertificateRenewalOutcome.NotNeeded);
    }

    [Fact]
    public async Task While_they_are_still_valid_the_API_and_etcd_serve_all_the_time()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await CertificateLab.StartAsync(EtcdForm.StaticPod, 3);
        await using var writer = new Repairs.CountingWriter(lab.Cluster.Etcd.Endpoints, lab.Cluster.EtcdClient);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var silence = WatchAsync();

        await lab.ExpectAsync(CertificateRenewalOutcome.Renewed, request => request with { Within = TimeSpan.FromDays(3650) });
        await over.CancelAsync();

        Assert.Empty(await silence);
        await lab.AssertWellAsync();
        await writer.AssertNothingLostAsync(lab.Cluster.Etcd.Endpoints, Stop);

        // Each moment some API server answers, with etcd behind it.
        async Task<IReadOnlyList<string>> WatchAsync()
        {
            var silent = new List<string>();
            while (!over.IsCancellationRequested)
            {
                var answers = new List<string>();
                foreach (var host in lab.Cluster.Masters)
                {
                    answers.Add(await CertificateLab.AskApiAsync(host));
                    if (answers[^1] == "200") break;
                }

                if (answers[^1] != "200") silent.Add(string.Join(' ', answers));
            }

            return silent;
        }
    }

    [Fact]
    public async Task What_cannot_go_well_is_refused_and_what_is_not_taken_is_put_back()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await CertificateLab.StartAsync(EtcdForm.SystemdUnit, 3);
        var (first, last) = (lab.Cluster.Masters[0], lab.Cluster.Masters[2]);

        await RefusedAsync("ahead of this machine's|behind this machine's", time: new Repairs.MemberRepairTests.WrongTime(TimeSpan.FromDays(2)));
        await lab.Hosts.Change(ComponentAction.Stop, ClusterComponent.Scheduler, first).ExpectAsync();
        await RefusedAsync("its Scheduler was stopped by the operation");
        await lab.Hosts.Change(ComponentAction.Start, ClusterComponent.Scheduler, first).ExpectAsync();
        foreach (var host in lab.Cluster.Masters) await host.SaysAsync("mv /etc/kubernetes/pki/front-proxy-ca.key /root");
        var external = await RefusedAsync("the key of its authority 'CN=front-proxy-ca' is on none of the hosts");
        Assert.Equal(3, external.Split("front-proxy-client.crt").Length - 1);
        // One host that has it is enough.
        await last.SaysAsync("mv /root/front-proxy-ca.key /etc/kubernetes/pki");

        // A component that does not work with what was laid for it: here somebody makes its file unreadable in that very moment.
        var sink = RestoreCluster.AtStep("Start ApiServer on kubem01", () => lab.Cluster.Masters[1].SaysAsync("echo broken > /etc/kubernetes/pki/apiserver.crt"));
        var stopped = await lab.ExpectAsync(
            CertificateRenewalOutcome.Unfinished, request => request with { Within = TimeSpan.FromDays(3650), ProofPatience = TimeSpan.FromSeconds(60) }, sink);
        Assert.Contains("It has its former certificates again.", stopped.Reason, StringComparison.Ordinal);
        await lab.Cluster.Etcd.WaitUntilHealthyAsync(Stop);
        await lab.Cluster.WaitUntilReadyAsync(Stop);
        Assert.Equal("200", await CertificateLab.AskApiAsync(lab.Cluster.Masters[1]));
        await lab.Cluster.Masters[1].SaysAsync("rm /etc/kubernetes/pki/*.other*");

        await last.PowerOffAsync(Stop);
        await RefusedAsync("kubem02");
        // Without the third member two are the whole quorum, and none of them may be stopped.
        var guarded = await lab.ExpectAsync(
            CertificateRenewalOutcome.PutBack,
            request => request with { Hosts = [.. request.Hosts.Take(2)], Within = TimeSpan.FromDays(3650) },
            sink: null);
        Assert.Contains("etcd would lose its quorum", guarded.Reason, StringComparison.Ordinal);
        await first.AssertNothingIsArmedAsync();

        async Task<string> RefusedAsync(string why, TimeProvider? time = null)
        {
            var before = await first.SaysAsync("ls /var/lib/clusterheal/certificates");
            var refusal = await Assert.ThrowsAnyAsync<ClusterHealException>(() => lab.RunAsync(request => request with { Within = TimeSpan.FromDays(3650) }, time: time));
            Assert.Matches(why, refusal.Message);
            Assert.EndsWith("Nothing was touched.", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(before, await first.SaysAsync("ls /var/lib/clusterheal/certificates"));
            return refusal.Message;
        }
    }

    [Theory]
    [InlineData(EtcdForm.SystemdUnit, 2, 10)]
    [InlineData(EtcdForm.SystemdUnit, 11, 19)]
    [InlineData(EtcdForm.SystemdUnit, 20, 30)]
    [InlineData(EtcdForm.StaticPod, 2, 10)]
    [InlineData(EtcdForm.StaticPod, 11, 19)]
    [InlineData(EtcdForm.StaticPod, 20, 30)]
    public async Task After_an_operator_that_is_killed_in_any_step_the_same_command_ends_well(EtcdForm form, int first, int last)
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await CertificateLab.StartAsync(form, 1);
        var kills = 0;
        for (var step = first; step <= last; step++)
        {
            await lab.ExpireAsync();
            if (!await lab.RenewAndDieAsync($"{step}")) break;
            kills++;
            output.WriteLine($"killed in step {step}");
            if (step % 2 == 0)
            {
                // The host alone: what is not proven has its former files, and runs.
                await lab.Cluster.Masters[0].SaysAsync("[ ! -e /var/lib/clusterheal/heal/certificates.sh ] || sh /var/lib/clusterheal/heal/certificates.sh");
            }

            await lab.ExpectAsync(CertificateRenewalOutcome.Renewed, request => request with { Force = true });
            await lab.AssertWellAsync();
        }

        Assert.True(kills > 5, $"{kills} steps");
    }
}
