using System.Text.Json.Nodes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>The pods and budgets of one namespace at a glance.</summary>
internal sealed record Sight(JsonNode[] Pods, JsonNode[] Budgets)
{
    /// <summary>The budgets that guard a pod.</summary>
    public JsonNode[] BudgetsOf(JsonNode pod) => [.. Budgets.Where(b => Matches(b, pod))];

    /// <summary>True where the controller manager has looked at every budget and its count is right.</summary>
    public bool BudgetsAreCounted => Budgets.All(b =>
        (long?)b["status"]?["observedGeneration"] == (long)b["metadata"]!["generation"]!
        && (int)b["status"]!["currentHealthy"]! == Pods.Count(p => Matches(b, p) && IsReady(p) && !IsEnding(p)));

    /// <summary>The server's own rule, as its documentation has it: whether an eviction of the pod would be allowed.</summary>
    public bool MayGo(JsonNode pod)
    {
        if ((string?)pod["status"]!["phase"] is "Pending" or "Succeeded" or "Failed") return true;
        var budgets = BudgetsOf(pod);
        if (budgets.Length != 1) return budgets.Length == 0;
        var (spec, status) = (budgets[0]["spec"]!, budgets[0]["status"]!);
        var (healthy, desired) = ((int)status["currentHealthy"]!, (int)status["desiredHealthy"]!);
        if (!IsReady(pod) && ((string?)spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow" || (healthy >= desired && desired > 0))) return true;
        return (int)status["disruptionsAllowed"]! > 0;
    }

    public static bool IsEnding(JsonNode pod) => pod["metadata"]!["deletionTimestamp"] is not null;

    public static bool IsReady(JsonNode pod) =>
        pod["status"]!["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True") == true;

    private static bool Matches(JsonNode budget, JsonNode pod) =>
        budget["spec"]!["selector"]!["matchLabels"]!.AsObject().All(l => (string?)pod["metadata"]!["labels"]?[l.Key] == (string?)l.Value);
}

/// <summary>Looks at all pods and budgets of a control plane about once a second, for many clusters that wait for something.</summary>
internal sealed class ClusterSights(RawApi api) : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _one = new(1, 1);
    private ILookup<string, JsonNode>? _pods;
    private ILookup<string, JsonNode>? _budgets;
    private long _at;

    /// <summary>Waits until something has been true of a namespace for a while without a break.</summary>
    public async Task UntilAsync(
        string nameSpace, Func<Sight, bool> holds, TimeSpan duration, string what, CancellationToken cancellationToken)
    {
        const int Patience = 600;
        var start = TimeProvider.System.GetTimestamp();
        long? since = null;
        while (true)
        {
            var sight = await LookAsync(nameSpace, cancellationToken);
            since = holds(sight) ? since ?? TimeProvider.System.GetTimestamp() : null;
            if (since is { } began && TimeProvider.System.GetElapsedTime(began) >= duration) return;
            Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds < Patience, $"Waited {Patience} s for {nameSpace} {what}.");
            await Task.Delay(500, cancellationToken);
        }
    }

    public async Task<Sight> LookAsync(string nameSpace, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_pods is null || TimeProvider.System.GetElapsedTime(_at) > Age)
            {
                _pods = Group(await api.ItemsAsync("/api/v1/pods"));
                _budgets = Group(await api.ItemsAsync("/apis/policy/v1/poddisruptionbudgets"));
                _at = TimeProvider.System.GetTimestamp();
            }

            return new Sight([.. _pods[nameSpace]], [.. _budgets![nameSpace]]);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static ILookup<string, JsonNode> Group(JsonArray items) => items.ToLookup(o => (string)o!["metadata"]!["namespace"]!, o => o!);
}
