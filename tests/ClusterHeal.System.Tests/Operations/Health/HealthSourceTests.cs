using System.Net;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Kubernetes;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>What is given, what is asked, and what becomes of sources that fail.</summary>
public sealed class HealthSourceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("EtcdQuorom", "No check is named 'EtcdQuorom'.")]
    [InlineData("Node*", "No check in Etcd is named 'Node*'.", HealthArea.Etcd)]
    public void A_check_that_is_not_there_is_refused(string name, string told, params HealthArea[] areas)
    {
        var options = new HealthOptions { Areas = areas, Checks = ["EtcdHash", name] };
        var fault = Assert.Throws<ClusterHealException>(() => ClusterHealthTest.Validate(options, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.HealthOptionsInvalid, fault.ErrorId);
        Assert.StartsWith(told, fault.Message, StringComparison.Ordinal);
        Assert.Contains("EtcdQuorum", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_that_is_shorter_than_what_it_waits_for_is_refused()
    {
        var minute = TimeSpan.FromMinutes(1);
        ClusterHealthTest.Validate(new HealthOptions(), minute, 2 * minute);
        var fault = Assert.Throws<ClusterHealException>(() => ClusterHealthTest.Validate(new HealthOptions(), minute, minute));
        Assert.Equal(ErrorIds.HealthOptionsInvalid, fault.ErrorId);
    }

    [Fact]
    public async Task What_is_not_given_counts_where_its_check_or_area_was_asked_for_by_name()
    {
        var sources = new HealthSources { ClusterName = "prod" };
        foreach (var options in new[] { new HealthOptions { Checks = ["EtcdQuorum"] }, new HealthOptions { Areas = [HealthArea.Etcd] } })
        {
            var test = new ClusterHealthTest(sources, options, TimeProvider.System);
            var result = Assert.Single(await test.RunAsync(Stop));
            Assert.Equal(("Scope", "Etcd", CheckStatus.Unknown), (result.Name, result.Area, result.Status));
            Assert.False(test.IsHealthy([result]));
        }

        var all = new ClusterHealthTest(sources, new HealthOptions(), TimeProvider.System);
        var unseen = await all.RunAsync(Stop);
        Assert.All(unseen, r => Assert.Equal("Scope", r.Name));
        Assert.Equal(Enum.GetNames<HealthArea>().Order(), unseen.Select(r => r.Area).Distinct().Order());
        Assert.True(all.IsHealthy(unseen));
    }

    [Fact]
    public async Task A_kubeconfig_that_is_gone_hides_nothing_else()
    {
        using var folder = new TempFolder();
        var connection = new ClusterConnection { ClusterName = "prod", Kubeconfig = [folder.File("gone")] };
        var fault = await Assert.ThrowsAnyAsync<ClusterHealException>(() => OpenedHealthSources.OpenAsync(connection, null, HostLab.Shells, Stop));
        Assert.Equal(ErrorIds.KubeconfigNotFound, fault.ErrorId);

        using var opened = await OpenedHealthSources.OpenAsync(connection, folder.Path, HostLab.Shells, Stop);
        var results = await new ClusterHealthTest(opened.Sources, new HealthOptions(), TimeProvider.System).RunAsync(Stop);
        Assert.Equal(CheckStatus.Unknown, Assert.Single(results, r => r.Name == "ApiServerReady").Status);
        Assert.Equal(CheckStatus.Unknown, Assert.Single(results, r => r.Name == "NodeLease").Status);
        Assert.Equal(CheckStatus.Fail, Assert.Single(results, r => r.Name == "BackupAge").Status);
    }

    [Fact]
    public async Task What_may_not_be_read_makes_no_other_check_unknown()
    {
        await using var api = new ScriptedApi(request => request.Url!.AbsolutePath switch
        {
            "/readyz" => new ScriptedAnswer(200, "[+]ping ok\nreadyz check passed\n"),
            "/version" => Forbidden,
            var path when path.EndsWith("endpointslices", StringComparison.Ordinal) => Forbidden,
            var path when path.EndsWith("validatingwebhookconfigurations", StringComparison.Ordinal) => List("""
                {"metadata": {"name": "policy"}, "webhooks": [{"name": "x", "clientConfig": {"service": {"namespace": "a", "name": "b"} } }]}
                """),
            _ => List(""),
        });
        using var client = api.Connect();
        var sources = new HealthSources { ClusterName = "prod", Kubernetes = client };
        var results = await new ClusterHealthTest(sources, new HealthOptions(), TimeProvider.System).RunAsync(Stop);
        Assert.DoesNotContain(results, r => r.Status is CheckStatus.Fail or CheckStatus.Warning);
        string[] unknown = ["SchedulerLease", "ControllerManagerLease", "NodeVersion", "Webhooks", "Certificates"];
        Assert.Equal(
            unknown.Order(),
            results.Where(r => r.Status == CheckStatus.Unknown && r.Name != "Scope").Select(r => r.Name).Order());
    }

    [Fact]
    public async Task A_look_that_hangs_does_not_outlast_the_wait()
    {
        var looks = 0;
        await using var api = new ScriptedApi(_ => new ScriptedAnswer(500, "[-]etcd failed: reason withheld\n")
        {
            Delay = Interlocked.Increment(ref looks) == 1 ? TimeSpan.Zero : TimeSpan.FromHours(1),
        });
        using var client = api.Connect(TimeSpan.FromHours(1));
        var sources = new HealthSources { ClusterName = "prod", Kubernetes = client };
        var test = new ClusterHealthTest(sources, new HealthOptions { Areas = [HealthArea.ApiServer] }, TimeProvider.System);
        var (results, inTime) = await test.WaitAsync(TimeSpan.Zero, TimeSpan.FromSeconds(5), new RecordingSink(), Stop);
        Assert.False(inTime);
        Assert.Contains("lost its etcd", Assert.Single(results).Message, StringComparison.Ordinal);
    }

    private static ScriptedAnswer Forbidden => new((int)HttpStatusCode.Forbidden, """
        {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "you may not", "reason": "Forbidden", "code": 403}
        """);

    private static ScriptedAnswer List(string items) =>
        new(200, "{\"metadata\": {\"resourceVersion\": \"1\"}, \"items\": [" + items + "]}");
}
