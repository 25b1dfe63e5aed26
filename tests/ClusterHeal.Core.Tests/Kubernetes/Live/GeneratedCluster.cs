using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>
/// A namespace with workloads and budgets drawn from a seed, all of whose pods start on the first of two nodes of its own. The same
/// seed under another name is its twin.
/// </summary>
internal sealed class GeneratedCluster
{
    private readonly RawApi _api;
    private readonly Random _random;
    private readonly List<(string Path, string Json)> _objects = [];
    private int _expectedPods;

    public GeneratedCluster(RawApi api, string name, int seed)
    {
        _api = api;
        Name = name;
        _random = new Random(seed);
        IgnoreDaemonSet = _random.Next(8) > 0;
        DeleteEmptyDirData = _random.Next(8) > 0;
        DeleteUnmanagedPod = _random.Next(8) > 0;
        Generate();
    }

    public string Name { get; }

    /// <summary>The node to drain.</summary>
    public string First => Name + "-a";

    /// <summary>The node to which the pods can go.</summary>
    public string Second => Name + "-b";

    public bool IgnoreDaemonSet { get; }

    public bool DeleteEmptyDirData { get; }

    public bool DeleteUnmanagedPod { get; }

    public string Describe() => string.Join('\n', _objects.Select(o => o.Json));

    /// <summary>Makes the objects and waits until every pod is where it starts.</summary>
    public async Task CreateAsync()
    {
        await _api.PostAsync("/api/v1/namespaces", $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{Name}}"} }""");
        await _api.PatchAsync($"/api/v1/nodes/{Second}", """{"spec":{"unschedulable":true}}""");
        foreach (var (path, json) in _objects) await _api.PostAsync(path, json);
        await LiveControlPlane.Eventually(IsSettledAsync, $"the pods of {Name} on their node", 180);
        await _api.PatchAsync($"/api/v1/nodes/{Second}", """{"spec":{"unschedulable":null}}""");
        await LiveControlPlane.Eventually(
            async () => (await _api.GetAsync($"/api/v1/nodes/{Second}"))["spec"]!["taints"] is null, $"{Second} to be schedulable");
        await LiveControlPlane.Eventually(BudgetsAreCountedAsync, $"the budgets of {Name}");
    }

    /// <summary>The pods that are on the first node and have not ended, by workload rather than by their random names.</summary>
    public async Task<string[]> PodsLeftAsync() =>
    [
        .. (await _api.ItemsAsync($"/api/v1/namespaces/{Name}/pods"))
            .Where(p => (string?)p!["spec"]!["nodeName"] == First && p["metadata"]!["deletionTimestamp"] is null)
            .Select(p => (string?)p!["metadata"]!["labels"]?["app"] ?? "?")
            .Order(StringComparer.Ordinal),
    ];

    private void Generate()
    {
        var workloads = 1 + _random.Next(3);
        for (var i = 0; i < workloads; i++) AddWorkload(i);
        if (_random.Next(2) == 0) AddDaemonSet();
        if (_random.Next(3) == 0) AddPod("bare", "", "");
        if (_random.Next(3) == 0) AddPod("completed", "\"fake\":\"completed\",", "");
        if (_random.Next(3) == 0) AddPod("mirror", "", "\"kubernetes.io/config.mirror\":\"abc\"");
        if (_random.Next(6) == 0) AddBarePodsWithBudget();
    }

    private void AddWorkload(int index)
    {
        var app = $"w{index}";
        var replicas = 1 + _random.Next(4);
        var kind = _random.Next(3) == 0 ? "StatefulSet" : "Deployment";
        var unready = _random.Next(6) == 0;
        var volume = _random.Next(4) == 0 ? ""","volumes":[{"name":"scratch","emptyDir":{}}]""" : "";
        var labels = unready ? $$"""{"app":"{{app}}","fake":"unready"}""" : $$"""{"app":"{{app}}"}""";
        var more = kind == "StatefulSet" ? ""","serviceName":"none","podManagementPolicy":"Parallel" """ : "";
        _objects.Add((
            $"/apis/apps/v1/namespaces/{Name}/{kind.ToLowerInvariant()}s",
            $$"""
            {"apiVersion":"apps/v1","kind":"{{kind}}","metadata":{"name":"{{app}}"},"spec":{"replicas":{{replicas}}{{more}},
            "selector":{"matchLabels":{"app":"{{app}}"} },"template":{"metadata":{"labels":{{labels}} },"spec":{{PodSpec(volume)}} } } }
            """));
        _expectedPods += replicas;
        if (_random.Next(4) == 0) return;
        AddBudget(app, app, replicas);
        if (_random.Next(8) == 0) AddBudget(app + "-again", app, replicas);
    }

    private void AddBudget(string name, string app, int replicas)
    {
        var rule = _random.Next(6) switch
        {
            0 => $"\"minAvailable\":{replicas}",
            1 => $"\"minAvailable\":{Math.Max(0, replicas - 1)}",
            2 => "\"maxUnavailable\":1",
            3 => "\"maxUnavailable\":0",
            4 => "\"minAvailable\":\"50%\"",
            _ => "\"maxUnavailable\":\"30%\"",
        };
        var policy = _random.Next(3) == 0 ? ",\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"" : "";
        _objects.Add((
            $"/apis/policy/v1/namespaces/{Name}/poddisruptionbudgets",
            $$"""
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{name}}"},
            "spec":{{{rule}}{{policy}},"selector":{"matchLabels":{"app":"{{app}}"} } } }
            """));
    }

    private void AddDaemonSet()
    {
        _objects.Add(($"/apis/apps/v1/namespaces/{Name}/daemonsets", $$"""
            {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"ds"},"spec":{"selector":{"matchLabels":{"app":"ds"} },
            "template":{"metadata":{"labels":{"app":"ds"} },"spec":{{PodSpec("")}} } } }
            """));
        _expectedPods++;
    }

    private void AddPod(string app, string label, string annotation, string? name = null)
    {
        var spec = PodSpec($$""","nodeName":"{{First}}" """);
        _objects.Add(($"/api/v1/namespaces/{Name}/pods", $$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name ?? app}}","labels":{{{label}}"app":"{{app}}"},"annotations":{{{annotation}} } },"spec":{{spec}} }
            """));
        _expectedPods++;
    }

    private void AddBarePodsWithBudget()
    {
        for (var i = 0; i < 3; i++) AddPod("lone", "\"group\":\"lone\",", "", $"lone{i}");
        _objects.Add(($"/apis/policy/v1/namespaces/{Name}/poddisruptionbudgets", $$"""
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"lone"},
            "spec":{"minAvailable":2,"selector":{"matchLabels":{"group":"lone"} } } }
            """));
    }

    private string PodSpec(string more) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"{{\"nodeSelector\":{{\"twin\":\"{Name}\"}},\"terminationGracePeriodSeconds\":1,")
        .Append(CultureInfo.InvariantCulture, $"\"containers\":[{{\"name\":\"c\",\"image\":\"pause\"}}]{more}}}")
        .ToString();

    private async Task<bool> IsSettledAsync()
    {
        var pods = (await _api.ItemsAsync($"/api/v1/namespaces/{Name}/pods"))
            .Where(p => (string?)p!["spec"]!["nodeName"] == First && (string?)p["status"]!["phase"] != "Pending")
            .ToArray();
        return pods.Length == _expectedPods;
    }

    private async Task<bool> BudgetsAreCountedAsync()
    {
        var pods = await _api.ItemsAsync($"/api/v1/namespaces/{Name}/pods");
        foreach (var budget in await _api.ItemsAsync($"/apis/policy/v1/namespaces/{Name}/poddisruptionbudgets"))
        {
            var ready = pods.Count(p => Matches(budget!, p!) && IsReady(p!));
            if ((long?)budget!["status"]?["observedGeneration"] != (long)budget["metadata"]!["generation"]!) return false;
            if ((int)budget["status"]!["currentHealthy"]! != ready) return false;
        }

        return true;
    }

    private static bool Matches(JsonNode budget, JsonNode pod) =>
        budget["spec"]!["selector"]!["matchLabels"]!.AsObject().All(l => (string?)pod["metadata"]!["labels"]?[l.Key] == (string?)l.Value);

    private static bool IsReady(JsonNode pod) =>
        pod["status"]!["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Ready" && (string?)c["status"] == "True") == true;
}
