using ClusterHeal.Operations;
using static ClusterHeal.Tests.Operations.Health.WellCluster;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>The one cause that is named first, with the command that heals it.</summary>
public sealed class RootCauseTests
{
    private const string Server = "https://10.0.0.1:6443";

    [Fact]
    public void A_cluster_that_is_well_has_none() => Assert.Null(RootCause.Find(Facts));

    [Fact]
    public void One_member_of_three_that_is_silent_is_none() => Assert.Null(RootCause.Find(Facts with { Etcd = Silent("m3") }));

    [Fact]
    public void A_lost_quorum_names_the_silent_members_and_the_hosts_of_their_peer_URLs()
    {
        var cause = RootCause.Find(Facts with { Etcd = Silent("m2", "m3"), Hosts = [] })!;
        Assert.Equal(HealthArea.Etcd, cause.Area);
        Assert.StartsWith("etcd has no quorum: 1 of 3 voters serve, and 2 are needed. Silent: m2, m3.", cause.Message, StringComparison.Ordinal);
        Assert.StartsWith("Start-ControlPlaneComponent -HostName m2, m3 -Component Etcd. ", cause.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Hosts_on_which_etcd_is_seen_stopped_are_named_rather_than_addresses()
    {
        var heals = Now.AddMinutes(9);
        var hosts = new[] { Host("kubem00", ComponentState.Running), Host("kubem01", ComponentState.Stopped, heals), Host("kubem02", ComponentState.Failed) };
        var cause = RootCause.Find(Facts with { Etcd = Silent("m2", "m3"), Hosts = hosts })!;
        Assert.StartsWith("Start-ControlPlaneComponent -HostName kubem01, kubem02 -Component Etcd. ", cause.Remedy, StringComparison.Ordinal);
        Assert.EndsWith("kubem01 starts it again by itself at 2026-11-22 12:09:00Z.", cause.Message, StringComparison.Ordinal);
        var unseen = RootCause.Find(Facts with { Etcd = null, EtcdFault = Fault(), Hosts = hosts })!;
        Assert.StartsWith("etcd runs on 1 of 3 hosts, and 2 are needed.", unseen.Message, StringComparison.Ordinal);
        Assert.Equal(cause.Remedy, unseen.Remedy);
    }

    [Fact]
    public void An_etcd_that_cannot_be_asked_and_runs_is_no_cause() =>
        Assert.Null(RootCause.Find(Facts with { Etcd = null, EtcdFault = Fault(), Hosts = [Host("kubem00", ComponentState.Running)] }));

    [Fact]
    public void A_lost_quorum_stands_before_the_API_server_that_it_takes_down() =>
        Assert.Equal(HealthArea.Etcd, RootCause.Find(Down(Facts) with { Etcd = Silent("m2", "m3") })!.Area);

    [Fact]
    public void An_API_server_that_is_stopped_is_started_on_its_host()
    {
        var stopped = new HostFacts("kubem00", [ComponentOf(ClusterComponent.ApiServer, ComponentState.Stopped)], null);
        var cause = RootCause.Find(Down(Facts) with { Hosts = [stopped] })!;
        Assert.Equal("Start-ControlPlaneComponent -HostName kubem00 -Component ApiServer.", cause.Remedy);
        Assert.Equal((ClusterComponent.ApiServer, "kubem00"), (cause.ToResult().Component!.Value, cause.ToResult().HostName));
    }

    [Fact]
    public void An_API_server_without_a_host_that_can_be_seen_is_started_at_its_address() => Assert.StartsWith(
        "Start-ControlPlaneComponent -HostName '10.0.0.1' -Component ApiServer. If 10.0.0.1 is a load balancer",
        RootCause.Find(Down(Facts) with { Hosts = [] })!.Remedy,
        StringComparison.Ordinal);

    [Fact]
    public void One_that_runs_and_is_not_ready_is_restarted()
    {
        var host = Facts.Hosts[0] with { ApiServerIsReady = false };
        var remedy = RootCause.Find(Down(Facts) with { Hosts = [host] })!.Remedy;
        Assert.StartsWith("Restart-ControlPlaneComponent -HostName kubem00 -Component ApiServer.", remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_its_host_calls_ready_is_not_touched()
    {
        var cause = RootCause.Find(Down(Facts))!;
        Assert.Contains("the way from here", cause.Message, StringComparison.Ordinal);
        Assert.Empty(cause.HostNames);
        Assert.Null(cause.Component);
    }

    [Fact]
    public void Credentials_that_are_refused_are_no_server_that_is_down()
    {
        var cause = RootCause.Find(Facts with { ApiServers = [new ApiServerFacts(Server, 401, [], null)], Kubernetes = null, KubernetesFault = Fault() })!;
        Assert.Contains("Connect-Cluster -Context", cause.Remedy, StringComparison.Ordinal);
        Assert.Null(cause.Component);
    }

    [Fact]
    public void What_it_hides_is_shown_as_one_result_and_the_worst_stands_first()
    {
        var facts = Down(Facts);
        var results = ClusterHealthTest.Judge(facts).Prepend(RootCause.Find(facts)!.ToResult()).ToArray();
        var hidden = results.Where(r => r.CausedBy == RootCause.Name).ToArray();
        Assert.True(hidden.Length > 10);
        Assert.All(hidden, r => Assert.Equal(CheckStatus.Unknown, r.Status));
        var shown = HealthSummary.WorstFirst(results);
        Assert.Equal(RootCause.Name, shown[0].Name);
        Assert.Equal(results.Length - hidden.Length + 1, shown.Count);
        var unseen = Assert.Single(shown, r => r.Name == HealthSummary.UnseenName);
        Assert.Equal(hidden.Length, unseen.Evidence.Count);
        CheckStatus[] order = [CheckStatus.Fail, CheckStatus.Warning, CheckStatus.Unknown, CheckStatus.Pass];
        Assert.Equal(shown.Select(r => r.Status).OrderBy(status => Array.IndexOf(order, status)), shown.Select(r => r.Status));
    }

    [Fact]
    public void The_verdict_counts_and_says_what_to_do_first()
    {
        var facts = Down(Facts) with { Hosts = [] };
        var shown = HealthSummary.WorstFirst([.. ClusterHealthTest.Judge(facts).Prepend(RootCause.Find(facts)!.ToResult())]);
        var verdict = HealthSummary.Verdict("prod", isHealthy: false, shown);
        Assert.StartsWith("prod is not well: ", verdict, StringComparison.Ordinal);
        Assert.Contains($"First: {shown[0].Remedy}", verdict, StringComparison.Ordinal);
        var well = ClusterHealthTest.Judge(Facts);
        Assert.Equal($"prod is well: {well.Count} pass.", HealthSummary.Verdict("prod", isHealthy: true, HealthSummary.WorstFirst(well)));
    }

    private static EtcdFacts Silent(params string[] names) => Facts.Etcd! with
    {
        Members = [.. Facts.Etcd!.Members.Select(m => names.Contains(m.Name) ? m with { IsHealthy = false, Latency = null, Version = null } : m)],
    };

    private static HostFacts Host(string name, ComponentState state, DateTimeOffset? heals = null) =>
        new(name, [ComponentOf(ClusterComponent.Etcd, state) with { HostName = name, HealsAt = heals }], null);

    private static HealthFacts Down(HealthFacts facts) =>
        facts with { ApiServers = [new ApiServerFacts(Server, null, [], Fault())], Kubernetes = null, KubernetesFault = Fault() };

    private static ClusterHealException Fault() => new(ErrorIds.ConnectionRefused, FaultCategory.Connection, "It refused the connection.");
}
