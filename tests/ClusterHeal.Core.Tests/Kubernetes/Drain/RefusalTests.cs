using ClusterHeal.Kubernetes;
using ClusterHeal.Tests.Kubernetes.Client;

namespace ClusterHeal.Tests.Kubernetes.Drain;

/// <summary>
/// Every way in which an API server refuses an eviction, a cordon or an uncordon: the error that the user gets names the object, the
/// server's cause, and what to do next.
/// </summary>
public sealed class RefusalTests
{
    private const string Violation = "Cannot evict pod as it would violate the pod's disruption budget.";

    /// <summary>One refusal of an eviction and what becomes of it.</summary>
    /// <param name="Answer">What the server sends.</param>
    /// <param name="Obstacle">What it means.</param>
    /// <param name="IsFinal">True where asking again cannot help.</param>
    /// <param name="Cause">Words of the error's message.</param>
    /// <param name="Remedy">Words of what to do.</param>
    private sealed record Refusal(ScriptedAnswer Answer, EvictionObstacle Obstacle, bool IsFinal, string Cause, string Remedy);

    private static readonly Dictionary<string, Refusal> Evictions = new()
    {
        ["a budget that is used up"] = new(
            ScriptedAnswer.Recorded("eviction-429-budget"), EvictionObstacle.Budget, false,
            "The disruption budget nginx needs 6 healthy pods and has 6 currently", "Get-NodeDrainPlan"),
        ["a budget whose pods have no workload"] = new(
            Budget("The disruption budget loner does not allow evicting pods currently"), EvictionObstacle.Budget, false,
            "The disruption budget loner does not allow evicting pods currently", "Get-NodeDrainPlan"),
        ["a budget that could not be counted"] = new(
            Budget("The disruption budget web does not allow evicting pods currently because it failed sync: no scale"), EvictionObstacle.Budget, false,
            "because it failed sync: no scale", "Get-NodeDrainPlan"),
        ["a budget for pods that are not Ready"] = new(
            Budget("The disruption budget sick needs 1 healthy pods and has 0 currently"), EvictionObstacle.Budget, false,
            "needs 1 healthy pods and has 0 currently", "unhealthy pod policy"),
        ["a budget that nobody has looked at"] = new(
            ScriptedAnswer.Recorded("eviction-429-not-observed"), EvictionObstacle.BudgetNotObserved, false,
            "is still being processed by the server", "kube-controller-manager"),
        ["a budget with a negative count"] = new(
            Status(403, "Forbidden", "poddisruptionbudgets.policy web is forbidden: pdb disruptions allowed is negative"), EvictionObstacle.BudgetOutOfOrder,
            false, "pdb disruptions allowed is negative", "kube-controller-manager"),
        ["two budgets"] = new(
            ScriptedAnswer.Recorded("eviction-500-two-budgets"), EvictionObstacle.SeveralBudgets, true,
            "more than one PodDisruptionBudget", "one budget guards the pod"),
        ["a server that starts"] = new(
            Status(429, "TooManyRequests", "storage is (re)initializing").RetryAfter(1), EvictionObstacle.ServerBusy, false, "initializing", "a little later"),
        ["a server that stops"] = new(
            Status(503, "ServiceUnavailable", "apiserver is shutting down"), EvictionObstacle.ServerBusy, false, "shutting down", "a little later"),
        ["another revision than expected"] = new(
            Status(409, "Conflict", "the ResourceVersion in the precondition (1) does not match"), EvictionObstacle.ServerBusy, false,
            "ResourceVersion in the precondition", "a little later"),
        ["a server whose etcd changes its leader"] = new(
            Status(500, "InternalError", "etcdserver: leader changed"), EvictionObstacle.ServerUnavailable, false, "leader changed", "Get-EtcdMember"),
        ["a server whose etcd is silent"] = new(
            Status(504, "Timeout", "request did not complete within requested timeout"), EvictionObstacle.ServerUnavailable, false,
            "did not complete", "/livez"),
        ["a webhook that says no"] = new(
            Status(400, "BadRequest", "admission webhook guard denied the request: not now"), EvictionObstacle.Webhook, false, "not now", "webhook"),
        ["a webhook that cannot be asked"] = new(
            Status(500, "InternalError", "failed calling webhook guard: connection refused"), EvictionObstacle.Webhook, false,
            "connection refused", "bring its service back"),
        ["an unknown namespace"] = new(
            new(404, """{"kind":"Status","message":"namespaces \"x\" not found","reason":"NotFound","details":{"name":"x","kind":"namespaces"},"code":404}"""),
            EvictionObstacle.NamespaceMissing, false, "namespaces \"x\" not found", "See whether the namespace exists"),
        ["a namespace that goes"] = new(
            new(403, """
                {"kind":"Status","message":"unable to create new content in namespace x because it is being terminated","reason":"Forbidden",
                 "details":{"causes":[{"reason":"NamespaceTerminating","message":"namespace x is being terminated"}]},"code":403}
                """),
            EvictionObstacle.NamespaceTerminating, false, "being terminated", "until the namespace is gone"),
        ["no rights"] = new(
            Status(403, "Forbidden", "pods a is forbidden: User joe cannot create resource pods/eviction"), EvictionObstacle.Forbidden, true,
            "User joe cannot create", "auth can-i"),
        ["a stranger"] = new(Status(401, "Unauthorized", "Unauthorized"), EvictionObstacle.Forbidden, true, "Unauthorized", "log in again"),
        ["no credentials"] = new(
            Status(403, "Forbidden", "pods a is forbidden: User system:anonymous cannot create resource pods/eviction"), EvictionObstacle.Forbidden,
            true, "system:anonymous", "log in again"),
        ["another name in the body"] = new(
            Status(400, "BadRequest", "name in URL does not match name in Eviction object"), EvictionObstacle.Rejected, true,
            "does not match name", "by hand"),
        ["an empty body"] = new(
            Status(400, "BadRequest", "no kind is registered"), EvictionObstacle.Rejected, true, "no kind is registered", "by hand"),
        ["an unknown media type"] = new(
            Status(415, "UnsupportedMediaType", "the body of the request was in an unknown format"), EvictionObstacle.Rejected, true,
            "unknown format", "by hand"),
        ["an unknown dry run"] = new(
            Status(422, "Invalid", "dryRun: Unsupported value: Some"), EvictionObstacle.Rejected, true, "Unsupported value", "by hand"),
    };

    private static readonly Dictionary<string, (ScriptedAnswer Answer, string ErrorId, string Cause, string Remedy)> Cordons = new()
    {
        ["a stale revision"] = (ScriptedAnswer.Recorded("cordon-409"), ErrorIds.KubernetesConflict, "Operation cannot be fulfilled", "try again"),
        ["a test that fails"] = (
            Status(422, "Invalid", "the server rejected our request due to an error in our request"), ErrorIds.KubernetesRequestFailed,
            "rejected our request", "version"),
        ["an unknown media type"] = (
            Status(415, "UnsupportedMediaType", "the body of the request was in an unknown format"), ErrorIds.KubernetesRequestFailed,
            "unknown format", "version"),
        ["an unknown field"] = (
            Status(422, "Invalid", "strict decoding error: unknown field spec.unschedulabel " + new string('x', 9000)), ErrorIds.KubernetesRequestFailed,
            "unknown field", "version"),
        ["a node that is gone"] = (
            Status(404, "NotFound", "nodes kubew04 not found"), ErrorIds.KubernetesObjectNotFound, "nodes kubew04 not found", "context"),
        ["no rights"] = (
            Status(403, "Forbidden", "nodes kubew04 is forbidden: User joe cannot patch resource nodes"), ErrorIds.ApiServerForbidden,
            "User joe cannot patch", "auth can-i"),
        ["no credentials"] = (
            Status(403, "Forbidden", "nodes is forbidden: User system:anonymous cannot patch resource nodes"), ErrorIds.ApiServerUnauthorized,
            "system:anonymous", "-Context"),
        ["a stranger"] = (Status(401, "Unauthorized", "Unauthorized"), ErrorIds.ApiServerUnauthorized, "Unauthorized", "log in again"),
        ["a server whose etcd is silent"] = (
            Status(504, "Timeout", "request did not complete within requested timeout"), ErrorIds.ApiServerTimeout, "did not complete", "/livez"),
        ["a server that fails"] = (
            Status(500, "InternalError", "etcdserver: leader changed"), ErrorIds.KubernetesRequestFailed, "leader changed", "/livez"),
        ["a server that stops"] = (
            Status(503, "ServiceUnavailable", "apiserver is shutting down"), ErrorIds.ApiServerBusy, "shutting down", "a little later"),
    };

    private static readonly NodeDrainPlan Plan = new() { NodeName = "kubew04", ClusterName = "prod", NodeStatus = "Ready" };

    public static TheoryData<string> EvictionNames => [.. Evictions.Keys];

    public static TheoryData<string> CordonNames => [.. Cordons.Keys];

    [Theory]
    [MemberData(nameof(EvictionNames))]
    public async Task An_eviction_that_is_refused_names_pod_cause_and_remedy(string name)
    {
        var refusal = Evictions[name];
        await using var api = new ScriptedApi(_ => refusal.Answer);
        using var client = api.Connect();
        var fault = await Assert.ThrowsAsync<KubernetesException>(
            () => client.EvictAsync(Pods.Make("a"), null, dryRun: false, TestContext.Current.CancellationToken));
        Assert.Equal("pods/default/a", fault.Target);
        Assert.Contains("evict pods/default/a in ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(refusal.Cause, fault.Message, StringComparison.Ordinal);

        var verdict = EvictionVerdict.Read(fault, canRenewCredentials: false);
        Assert.Equal((refusal.Obstacle, refusal.IsFinal, false), (verdict.Obstacle, verdict.IsFinal, verdict.PodIsGone));
        RemainingPod[] remaining = [new("default", "a", verdict.Obstacle, verdict.Message, null)];
        var error = verdict.IsFinal ? DrainFaults.Incomplete(Plan, remaining) : DrainFaults.Timeout(Plan, TimeSpan.FromSeconds(9), remaining);
        Assert.Equal(verdict.IsFinal ? ErrorIds.DrainIncomplete : ErrorIds.DrainTimeout, error.ErrorId);
        Assert.StartsWith("Node 'kubew04' in cluster 'prod' is not drained", error.Message, StringComparison.Ordinal);
        Assert.Contains("default/a: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(refusal.Cause, error.Message, StringComparison.Ordinal);
        Assert.Contains(refusal.Remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CordonNames))]
    public async Task A_cordon_that_is_refused_names_node_cause_and_remedy(string name)
    {
        var (answer, errorId, cause, remedy) = Cordons[name];
        await using var api = new ScriptedApi(_ => answer);
        using var client = api.Connect();
        foreach (var schedulable in new[] { false, true })
        {
            var fault = await Assert.ThrowsAsync<KubernetesException>(
                () => Cordon.SetAsync(client, "kubew04", schedulable, TestContext.Current.CancellationToken));
            Assert.Equal((errorId, "nodes/kubew04"), (fault.ErrorId, fault.Target));
            Assert.Contains("nodes/kubew04", fault.Message, StringComparison.Ordinal);
            Assert.Contains(cause, fault.Message, StringComparison.Ordinal);
            Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
            Assert.True(fault.Message.Length < 1000, "An object that comes back whole is cut.");
        }
    }

    [Fact]
    public void Every_obstacle_has_a_test_and_a_remedy_of_its_own()
    {
        var tested = Evictions.Values.Select(e => e.Obstacle).ToHashSet();
        var obstacles = Enum.GetValues<EvictionObstacle>();
        Assert.Equal([EvictionObstacle.None], obstacles.Where(o => !tested.Contains(o)));
        var remedies = obstacles.Select(o => DrainRemedies.For([new RemainingPod("default", "a", o, "", null)])).ToArray();
        Assert.Equal(remedies.Length, remedies.Distinct().Count());
    }

    private static ScriptedAnswer Status(int code, string reason, string message) => KubernetesClientTests.Status(code, reason, message);

    private static ScriptedAnswer Budget(string cause) => new(429, $$"""
        {"kind":"Status","status":"Failure","message":"{{Violation}}","reason":"TooManyRequests",
         "details":{"causes":[{"reason":"DisruptionBudget","message":"{{cause}}"}]},"code":429}
        """);
}
