using ClusterHeal.Operations.Reporting;
using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Operations.Reporting;

/// <summary>Results of a pipeline as reports.</summary>
public sealed class ReportExportTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);

    private readonly ReportExport _export = new(TimeProvider.System);

    [Fact]
    public void Checks_are_one_report_of_their_cluster()
    {
        Assert.False(_export.Add(Check("EtcdQuorum", CheckStatus.Pass, 2)));
        Assert.False(_export.Add(Check("NodeReady", CheckStatus.Fail, 3)));
        var report = Assert.Single(_export.Reports);
        Assert.Equal(("Health", "prod", CheckStatus.Fail), (report.Title, report.Subject, report.Verdict));
        Assert.Equal("1 failed, 0 warn, 0 could not be seen, 1 pass.", report.Summary);
        Assert.Equal(Start.AddSeconds(3), report.Ended);
        Assert.Equal(["EtcdQuorum", "NodeReady"], report.Groups.SelectMany(g => g.Checks).Select(c => c.Name));
    }

    [Theory]
    [InlineData(CheckStatus.Unknown, "EtcdQuorum", CheckStatus.Unknown)]
    [InlineData(CheckStatus.Unknown, "Scope", CheckStatus.Pass)] // Nobody had given it to look at.
    [InlineData(CheckStatus.Warning, "EtcdQuorum", CheckStatus.Warning)]
    public void What_could_not_be_seen_is_not_well(CheckStatus status, string name, CheckStatus verdict)
    {
        _export.Add(Check("NodeReady", CheckStatus.Pass, 1));
        _export.Add(Check(name, status, 2));
        Assert.Equal(verdict, _export.Reports[0].Verdict);
    }

    [Fact]
    public void Nothing_seen_at_all_is_unknown()
    {
        _export.Add(Check("Scope", CheckStatus.Unknown, 1));
        Assert.Equal(CheckStatus.Unknown, _export.Reports[0].Verdict);
    }

    [Fact]
    public void A_restore_has_its_steps_in_their_order_and_times()
    {
        Assert.True(_export.Add(new ClusterRestoreReport
        {
            OperationId = "20261130T200000Z-1",
            ClusterName = "prod",
            HostName = ["m1", "m2"],
            Outcome = ClusterRestoreOutcome.PutBack,
            Reason = "etcd did not start.",
            Steps =
            [
                new("Stop the control plane", CheckStatus.Pass, TimeSpan.FromSeconds(4)) { At = TimeSpan.FromSeconds(2) },
                new("Start etcd", CheckStatus.Fail, TimeSpan.FromSeconds(30), "no leader") { At = TimeSpan.FromSeconds(6) },
            ],
            StartedAt = Start,
            Duration = TimeSpan.FromSeconds(50),
        }));
        var report = Assert.Single(_export.Reports);
        Assert.Equal(("Restore", "prod", CheckStatus.Fail, "PutBack: etcd did not start."), (report.Title, report.Subject, report.Verdict, report.Summary));
        Assert.Equal(Start.AddSeconds(50), report.Ended);
        Assert.Equal(
            [
                new ReportSpan("Stop the control plane", "4 s", Start.AddSeconds(2), Start.AddSeconds(6), CheckStatus.Pass),
                new ReportSpan("Start etcd", "30 s", Start.AddSeconds(6), Start.AddSeconds(36), CheckStatus.Fail),
            ],
            report.Spans);
        Assert.True(report.Groups.Single(g => g.Name == "Steps").IsSequence);
        Assert.Contains("hosts: m1, m2", report.Groups[0].Checks[0].Evidence);
    }

    [Fact]
    public void A_drain_shows_the_pod_that_blocked_first()
    {
        foreach (var happened in new[]
        {
            Event(0, NodeDrainEventKind.Cordoned, null), Event(1, NodeDrainEventKind.Evicting, "a"), Event(1, NodeDrainEventKind.Blocked, "b"),
            Event(2, NodeDrainEventKind.Skipped, "ds"), Event(2, NodeDrainEventKind.PodGone, "a"), Event(9, NodeDrainEventKind.Evicting, "b"),
            Event(12, NodeDrainEventKind.PodGone, "b"),
            Event(3, NodeDrainEventKind.Evicting, "other") with { NodeName = "w2" },
        })
        {
            Assert.False(_export.Add(happened));
        }

        Assert.True(_export.Add(Drain(succeeded: true)));
        var report = Assert.Single(_export.Reports);
        Assert.Equal(CheckStatus.Pass, report.Verdict);
        Assert.Equal(
            [
                new ReportSpan("shop/b", "blocked by shop/web", Start.AddSeconds(1), Start.AddSeconds(9), CheckStatus.Fail),
                new ReportSpan("shop/b", "ending", Start.AddSeconds(9), Start.AddSeconds(12), CheckStatus.Pass),
                new ReportSpan("shop/a", "ending", Start.AddSeconds(1), Start.AddSeconds(2), CheckStatus.Pass),
            ],
            report.Spans);
        Assert.Equal(["shop/a", "shop/b", "shop/ds"], report.Groups[1].Checks.Select(c => c.Name).Order());
        Assert.Equal("Cordoned", Assert.Single(report.Moments).Text);
    }

    [Fact]
    public void A_pod_that_remains_fails_its_drain()
    {
        _export.Add(Event(1, NodeDrainEventKind.Blocked, "b"));
        _export.Add(Drain(succeeded: false) with { Remaining = [new("shop", "b", EvictionObstacle.Budget, "the budget allows none", Start)], Message = "It took too long." });
        var report = Assert.Single(_export.Reports);
        Assert.Equal(CheckStatus.Fail, report.Verdict);
        var pod = Assert.Single(report.Groups[1].Checks);
        Assert.Equal(("shop/b", CheckStatus.Fail, "the budget allows none"), (pod.Name, pod.Status, pod.Message));
    }

    [Fact]
    public void A_repair_shows_what_is_left()
    {
        _export.Add(new ClusterRepairReport
        {
            OperationId = "id",
            ClusterName = "prod",
            Succeeded = false,
            Reason = "This is left.",
            Steps = [new() { Action = "Start Etcd on m1", Command = "Start-ControlPlaneComponent", Checks = [], Outcome = ClusterRepairStepOutcome.Healed }],
            NotRepaired = [new("NodeReady", "w1", CheckStatus.Fail, "Nobody knows whether it is off.", "Repair-Cluster -NodeIsOff w1")],
            StartedAt = Start,
            Duration = TimeSpan.FromSeconds(5),
        });
        var report = Assert.Single(_export.Reports);
        Assert.Equal(["Steps", "Not repaired"], report.Groups.Select(g => g.Name));
        Assert.Equal("Repair-Cluster -NodeIsOff w1", report.Groups[1].Checks[0].Remedy);
    }

    [Fact]
    public void What_has_no_report_is_refused()
    {
        var fault = Assert.Throws<ClusterHealException>(() => _export.Add("text"));
        Assert.Equal(ErrorIds.ReportObjectUnknown, fault.ErrorId);
        Assert.Empty(_export.Reports);
    }

    private static CheckResult Check(string name, CheckStatus status, int second) => new()
    {
        Name = name, Area = "Etcd", Target = "x", Status = status, Message = "m", ClusterName = "prod", CheckedAt = Start.AddSeconds(second),
    };

    private static NodeDrainEvent Event(int second, NodeDrainEventKind kind, string? pod) => new()
    {
        Time = Start.AddSeconds(second),
        NodeName = "w1",
        Kind = kind,
        Namespace = pod is null ? null : "shop",
        PodName = pod,
        Budget = kind == NodeDrainEventKind.Blocked ? "shop/web" : null,
    };

    private static NodeDrainResult Drain(bool succeeded) => new()
    {
        NodeName = "w1", ClusterName = "prod", Succeeded = succeeded, Removed = 2, StartedAt = Start, Duration = TimeSpan.FromSeconds(13),
    };
}
