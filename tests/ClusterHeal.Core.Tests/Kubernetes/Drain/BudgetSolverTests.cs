using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Drain;

public sealed class BudgetSolverTests
{
    [Theory]
    [InlineData(6, 2, 6, 6, 4, 2, 0)] // four at once, the others when replacements are Ready
    [InlineData(6, 6, 6, 2, 0, 0, 2)] // needs 6 and has 6
    [InlineData(3, 2, 3, 3, 1, 2, 0)]
    [InlineData(2, 3, 3, 2, 0, 0, 2)] // one is down already
    [InlineData(1, 0, 0, 1, 0, 0, 1)] // bare pods under maxUnavailable: expectedPods 0, never
    public void Managed_pods_go_as_the_budget_allows(int healthy, int desired, int expected, int onNode, int passes, int waits, int blocks) =>
        Assert.Equal((passes, waits, blocks), Count(Solve([Pods.Budget(healthy, desired, expected)], Many(onNode))));

    [Fact]
    public void Pods_that_nothing_makes_anew_use_the_budget_up() =>
        Assert.Equal((1, 0, 2), Count(Solve([Pods.Budget(3, 2, 3)], [.. Many(3).Select(p => Pods.Make(p.Metadata.Name, owner: null))])));

    [Fact]
    public void Managed_pods_do_not_come_back_where_there_is_no_place() =>
        Assert.Equal((1, 0, 2), Count(Solve([Pods.Budget(3, 2, 3)], Many(3), places: false)));

    [Theory]
    [InlineData("AlwaysAllow", 0, 2, EvictionOutcome.Passes)]
    [InlineData(null, 2, 2, EvictionOutcome.Passes)]
    [InlineData(null, 1, 2, EvictionOutcome.Blocks)]
    public void A_pod_that_is_not_Ready_goes_by_the_unhealthy_policy(string? policy, int healthy, int desired, EvictionOutcome outcome)
    {
        var solved = Solve([Pods.Budget(healthy, desired, 3, policy: policy)], [Pods.Make("a", ready: false)]);
        Assert.Equal(outcome, Assert.Single(solved.Pods).Outcome);
    }

    [Fact]
    public void The_replacement_of_an_unhealthy_pod_opens_a_shut_budget_for_a_healthy_one() =>
        Assert.Equal((1, 1, 0), Count(Solve([Pods.Budget(2, 2, 3)], [Pods.Make("sick", ready: false), Pods.Make("well")])));

    [Fact]
    public void Two_budgets_on_one_pod_block_it_for_good()
    {
        var second = Pods.Budget(6, 1, 6);
        second = second with { Metadata = second.Metadata with { Name = "again" } };
        var forecast = Assert.Single(Solve([Pods.Budget(6, 2, 6), second], Many(1)).Pods);
        Assert.Equal(EvictionOutcome.Blocks, forecast.Outcome);
        Assert.Equal("default/web, default/again", forecast.Budget);
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void Pods_that_do_not_run_are_beyond_all_budgets(string phase) =>
        Assert.Equal((1, 0, 0), Count(Solve([Pods.Budget(2, 2, 2)], [Pods.Make("a", phase: phase, ready: false)])));

    [Fact]
    public void A_budget_that_was_not_looked_at_waits_for_the_controller_manager()
    {
        var budget = Pods.Budget(6, 2, 6);
        budget = budget with { Metadata = budget.Metadata with { Generation = 2 } };
        var forecast = Assert.Single(Solve([budget], Many(1)).Pods);
        Assert.Equal(EvictionOutcome.Waits, forecast.Outcome);
        Assert.Contains("controller manager", forecast.Obstacle, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, false, null, 3, "scale the workload to 4 or more")]
    [InlineData(50, true, null, 1, "scale the workload to 2 or more")]
    [InlineData(100, true, null, 3, "scaling up cannot help")]
    [InlineData(0, false, 0, 3, "raise maxUnavailable above 0")]
    public void A_budget_that_is_shut_says_what_would_open_it(int least, bool percent, int? most, int replicas, string remedy)
    {
        var budget = Pods.Budget(replicas, replicas, replicas);
        budget = budget with
        {
            Spec = budget.Spec with
            {
                MinAvailable = most is null ? new IntOrPercent(least, percent) : null,
                MaxUnavailable = most is { } m ? new IntOrPercent(m, false) : null,
            },
        };
        Assert.Contains(remedy, Assert.Single(Solve([budget], Many(replicas)).Budgets).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_of_another_namespace_or_without_a_selector_has_no_say()
    {
        var elsewhere = Pods.Budget(2, 2, 2);
        elsewhere = elsewhere with { Metadata = elsewhere.Metadata with { Namespace = "other" } };
        var nobodys = Pods.Budget(2, 2, 2);
        nobodys = nobodys with { Spec = nobodys.Spec with { Selector = null } };
        Assert.Equal((1, 0, 0), Count(Solve([elsewhere, nobodys], Many(1))));
    }

    private static Pod[] Many(int count) => [.. Enumerable.Range(0, count).Select(i => Pods.Make($"p{i}"))];

    private static (IReadOnlyList<EvictionForecast> Pods, IReadOnlyList<BudgetForecast> Budgets) Solve(
        PodDisruptionBudget[] budgets, Pod[] pods, bool places = true) =>
        new BudgetSolver(budgets, p => places && p.Metadata.Controller is not null, _ => pods).Solve(pods);

    private static (int Passes, int Waits, int Blocks) Count((IReadOnlyList<EvictionForecast> Pods, IReadOnlyList<BudgetForecast> Budgets) solved) =>
        (solved.Pods.Count(p => p.Outcome == EvictionOutcome.Passes),
            solved.Pods.Count(p => p.Outcome == EvictionOutcome.Waits),
            solved.Pods.Count(p => p.Outcome == EvictionOutcome.Blocks));
}
