using ClusterHeal.Kubernetes;
using ClusterHeal.Tests.Kubernetes.Client;

namespace ClusterHeal.Tests.Kubernetes.Drain;

/// <summary>What recorded refusals of a real API server mean.</summary>
public sealed class EvictionVerdictTests
{
    [Fact]
    public async Task A_shut_budget_is_named()
    {
        var verdict = await ReadAsync(ScriptedAnswer.Recorded("eviction-429-budget"));
        Assert.Equal(EvictionObstacle.Budget, verdict.Obstacle);
        Assert.Equal("nginx", verdict.Budget);
        Assert.Equal("The disruption budget nginx needs 6 healthy pods and has 6 currently", verdict.Message);
        Assert.Null(verdict.RetryAfter);
    }

    [Fact]
    public async Task A_budget_that_was_not_looked_at_is_told_apart()
    {
        var verdict = await ReadAsync(ScriptedAnswer.Recorded("eviction-429-not-observed"));
        Assert.Equal(EvictionObstacle.BudgetNotObserved, verdict.Obstacle);
        Assert.Equal(TimeSpan.FromSeconds(10), verdict.RetryAfter);
    }

    [Fact]
    public async Task A_server_that_starts_is_no_budget()
    {
        var answer = KubernetesClientTests.Status(429, "TooManyRequests", "storage is (re)initializing").RetryAfter(1);
        var verdict = await ReadAsync(answer);
        Assert.Equal(EvictionObstacle.ServerBusy, verdict.Obstacle);
        Assert.Equal(TimeSpan.FromSeconds(1), verdict.RetryAfter);
    }

    [Fact]
    public async Task Two_budgets_are_final()
    {
        var verdict = await ReadAsync(ScriptedAnswer.Recorded("eviction-500-two-budgets"));
        Assert.Equal(EvictionObstacle.SeveralBudgets, verdict.Obstacle);
        Assert.True(verdict.IsFinal);
    }

    [Fact]
    public async Task A_pod_that_is_not_found_is_gone_and_a_namespace_that_is_not_found_says_nothing_of_the_pod()
    {
        Assert.True((await ReadAsync(ScriptedAnswer.Recorded("eviction-404"))).PodIsGone);
        var answer = new ScriptedAnswer(404, """
            {"kind":"Status","status":"Failure","message":"namespaces \"x\" not found","reason":"NotFound","details":{"name":"x","kind":"namespaces"},"code":404}
            """);
        var verdict = await ReadAsync(answer);
        Assert.False(verdict.PodIsGone);
        Assert.Equal(EvictionObstacle.NamespaceMissing, verdict.Obstacle);
    }

    [Theory]
    [InlineData(409, "Conflict", "Operation cannot be fulfilled: the UID in the precondition (a) does not match the UID in record (b).", EvictionObstacle.None, false)]
    [InlineData(403, "Forbidden", "pods is forbidden: User x cannot create resource", EvictionObstacle.Forbidden, true)]
    [InlineData(403, "Forbidden", "poddisruptionbudget is forbidden: pdb disruptions allowed is negative", EvictionObstacle.BudgetOutOfOrder, false)]
    [InlineData(400, "BadRequest", "admission webhook guard denied the request: not now", EvictionObstacle.Webhook, false)]
    [InlineData(500, "InternalError", "failed calling webhook guard: connection refused", EvictionObstacle.Webhook, false)]
    [InlineData(500, "InternalError", "etcdserver: leader changed", EvictionObstacle.ServerUnavailable, false)]
    [InlineData(503, "ServiceUnavailable", "apiserver is shutting down", EvictionObstacle.ServerBusy, false)]
    [InlineData(504, "Timeout", "request did not complete within the allotted timeout", EvictionObstacle.ServerUnavailable, false)]
    [InlineData(422, "Invalid", "invalid", EvictionObstacle.Rejected, true)]
    [InlineData(401, "Unauthorized", "Unauthorized", EvictionObstacle.Forbidden, true)]
    public async Task Every_other_refusal_has_its_meaning(int code, string reason, string message, EvictionObstacle obstacle, bool final)
    {
        var verdict = await ReadAsync(KubernetesClientTests.Status(code, reason, message));
        Assert.Equal(obstacle, verdict.Obstacle);
        Assert.Equal(final, verdict.IsFinal);
        Assert.Equal(code == 409, verdict.PodIsGone);
    }

    [Fact]
    public async Task A_namespace_that_goes_is_told_by_its_cause()
    {
        var answer = new ScriptedAnswer(403, """
            {"kind":"Status","status":"Failure","message":"unable to create new content in namespace x because it is being terminated","reason":"Forbidden",
             "details":{"causes":[{"reason":"NamespaceTerminating","message":"namespace x is being terminated"}]},"code":403}
            """);
        Assert.Equal(EvictionObstacle.NamespaceTerminating, (await ReadAsync(answer)).Obstacle);
    }

    [Fact]
    public async Task An_eviction_names_the_pod_by_its_uid()
    {
        await using var api = new ScriptedApi(_ => ScriptedAnswer.Recorded("eviction-201"));
        using var client = api.Connect();
        await client.EvictAsync(Pods.Make("a"), 5, dryRun: true, TestContext.Current.CancellationToken);
        Assert.Equal("POST /api/v1/namespaces/default/pods/a/eviction?dryRun=All", Assert.Single(api.Requests));
    }

    private static async Task<EvictionVerdict> ReadAsync(ScriptedAnswer answer)
    {
        await using var api = new ScriptedApi(_ => answer);
        using var client = api.Connect();
        var fault = await Assert.ThrowsAsync<KubernetesException>(
            () => client.EvictAsync(Pods.Make("a"), null, dryRun: false, TestContext.Current.CancellationToken));
        return EvictionVerdict.Read(fault, canRenewCredentials: false);
    }
}
