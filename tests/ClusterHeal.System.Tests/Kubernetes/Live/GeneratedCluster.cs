using System.Text.Json.Nodes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>
/// A namespace with workloads and budgets drawn from a seed, all of whose pods start on the first of two nodes of its own. The same
/// seed under another name is its twin.
/// </summary>
internal sealed class GeneratedCluster
{
    private const string Finalizer = "example.com/hold";
    private readonly RawApi _api;
    private readonly ClusterSights _sights;
    private readonly Random _random;
    private readonly List<(string Path, string Json)> _objects = [];
    private readonly Dictionary<string, int> _replicas = [];
    private readonly bool _secondIsTainted;
    private bool _hasDaemonSet;
    private int _expectedPods;

    public GeneratedCluster(RawApi api, ClusterSights sights, string name, int seed)
    {
        _api = api;
        _sights = sights;
        Name = name;
        _random = new Random(seed);
        IgnoreDaemonSet = _random.Next(8) > 0;
        DeleteEmptyDirData = _random.Next(8) > 0;
        DeleteUnmanagedPod = _random.Next(8) > 0;
        ReleasesFinalizer = _random.Next(2) == 0;
        _secondIsTainted = _random.Next(5) == 0;
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

    /// <summary>True where something takes the finalizer away from a pod that is ending; where not, it stays for ever.</summary>
    public bool ReleasesFinalizer { get; }

    public string Describe() => string.Join('\n', _objects.Select(o => o.Json));

    /// <summary>Makes the objects and waits until every pod is where it starts.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _api.PostAsync("/api/v1/namespaces", $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{Name}}"} }""");
        await _api.PatchAsync($"/api/v1/nodes/{Second}", """{"spec":{"unschedulable":true}}""");
        await LiveControlPlane.Eventually(async () => (await TaintsAsync(Second)).Length == 1, $"{Second} to be cordoned");
        foreach (var (path, json) in _objects) await _api.PostAsync(path, json);
        await _sights.UntilAsync(Name, IsSettled, TimeSpan.Zero, "to have its pods on the first node", cancellationToken);
        var taints = _secondIsTainted ? """[{"key":"dedicated","value":"batch","effect":"NoSchedule"}]""" : "null";
        await _api.PatchAsync($"/api/v1/nodes/{Second}", $$"""{"spec":{"unschedulable":null,"taints":{{taints}}} }""");
        await LiveControlPlane.Eventually(
            async () => (await TaintsAsync(Second)).SequenceEqual(_secondIsTainted ? ["dedicated"] : []), $"{Second} to be schedulable");
        await _sights.UntilAsync(Name, IsAtRest, TimeSpan.Zero, "to be at rest before the drain", cancellationToken);
    }

    /// <summary>
    /// Waits until a drain of the first node never will end: it has begun, nothing moves any more, a single budget or a finalizer holds what
    /// is left, and that for longer than kubectl waits between two tries, and than a drain on a busy machine needs to see what it has done.
    /// </summary>
    public async Task UntilStuckAsync(CancellationToken cancellationToken)
    {
        while (!await IsCordonedAsync()) await Task.Delay(500, cancellationToken);
        bool IsStuck(Sight sight) => IsAtRest(sight)
            && !Leaving(sight).Any(sight.MayGo)
            && (sight.Pods.Any(IsHeld) || Leaving(sight).Any(p => sight.BudgetsOf(p).Length == 1));
        await _sights.UntilAsync(Name, IsStuck, TimeSpan.FromSeconds(25), "to be drained or stuck", cancellationToken);
    }

    /// <summary>Where every pod is, by workload rather than by random names, and whether the first node is cordoned; once nothing moves.</summary>
    public async Task<(string[] Pods, bool IsCordoned)> OutcomeAsync(CancellationToken cancellationToken)
    {
        await _sights.UntilAsync(Name, IsAtRest, TimeSpan.FromSeconds(2), "to be at rest after the drain", cancellationToken);
        var sight = await _sights.LookAsync(Name, cancellationToken);
        var places = sight.Pods.Select(p => $"{App(p)} {PlaceOf(p)}{(Sight.IsEnding(p) ? " ending" : "")}");
        return ([.. places.Order(StringComparer.Ordinal)], await IsCordonedAsync());
    }

    /// <summary>Plays the controller that takes its finalizer away from a pod that is ending, where this cluster has one.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!ReleasesFinalizer || !_objects.Exists(o => o.Json.Contains(Finalizer, StringComparison.Ordinal))) return;
        await _sights.UntilAsync(Name, s => s.Pods.Any(IsHeld), TimeSpan.Zero, "to evict the pod with the finalizer", cancellationToken);
        await _api.PatchAsync($"/api/v1/namespaces/{Name}/pods/held", """{"metadata":{"finalizers":null}}""");
    }

    private void Generate()
    {
        var workloads = 1 + _random.Next(3);
        for (var i = 0; i < workloads; i++) AddWorkload(i);
        if (_random.Next(2) == 0) AddDaemonSet();
        if (_random.Next(3) == 0) AddPod("bare");
        if (_random.Next(3) == 0) AddPod("completed", label: "\"fake\":\"completed\",");
        if (_random.Next(5) == 0) AddPod("starting", label: "\"fake\":\"pending\",");
        if (_random.Next(3) == 0) AddPod("mirror", annotation: "\"kubernetes.io/config.mirror\":\"abc\"");
        if (_random.Next(5) == 0) AddPod("held", more: $",\"finalizers\":[\"{Finalizer}\"]");
        if (_random.Next(6) == 0) AddBarePodsWithBudget();
    }

    private void AddWorkload(int index)
    {
        var app = $"w{index}";
        var replicas = 1 + _random.Next(4);
        var kind = _random.Next(3) == 0 ? "StatefulSet" : "Deployment";
        var unready = _random.Next(6) == 0;
        var volume = _random.Next(4) == 0 ? ""","volumes":[{"name":"scratch","emptyDir":{}}]""" : "";
        var tolerations = _random.Next(2) == 0 ? ""","tolerations":[{"key":"dedicated","operator":"Exists"}]""" : "";
        var labels = unready ? $$"""{"app":"{{app}}","fake":"unready"}""" : $$"""{"app":"{{app}}"}""";
        var more = kind == "StatefulSet" ? ""","serviceName":"none","podManagementPolicy":"Parallel" """ : "";
        _objects.Add((
            $"/apis/apps/v1/namespaces/{Name}/{kind.ToLowerInvariant()}s",
            $$"""
            {"apiVersion":"apps/v1","kind":"{{kind}}","metadata":{"name":"{{app}}"},"spec":{"replicas":{{replicas}}{{more}},
            "selector":{"matchLabels":{"app":"{{app}}"} },"template":{"metadata":{"labels":{{labels}} },"spec":{{PodSpec(volume + tolerations)}} } } }
            """));
        _expectedPods += replicas;
        _replicas[app] = replicas;
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
        _hasDaemonSet = true;
        _expectedPods++;
    }

    private void AddPod(string app, string label = "", string annotation = "", string more = "", string? name = null)
    {
        var spec = PodSpec($$""","nodeName":"{{First}}" """);
        _objects.Add(($"/api/v1/namespaces/{Name}/pods", $$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name ?? app}}","labels":{{{label}}"app":"{{app}}"},"annotations":{{{annotation}} }{{more}} },"spec":{{spec}} }
            """));
        _expectedPods++;
    }

    private void AddBarePodsWithBudget()
    {
        for (var i = 0; i < 3; i++) AddPod("lone", label: "\"group\":\"lone\",", name: $"lone{i}");
        _objects.Add(($"/apis/policy/v1/namespaces/{Name}/poddisruptionbudgets", $$"""
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"lone"},
            "spec":{"minAvailable":2,"selector":{"matchLabels":{"group":"lone"} } } }
            """));
    }

    private string PodSpec(string more) =>
        $$"""{"nodeSelector":{"twin":"{{Name}}"},"terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"pause"}]{{more}} }""";

    /// <summary>All pods are on the first node, those of the DaemonSet on both.</summary>
    private bool IsSettled(Sight sight) =>
        sight.Pods.Count(p => PlaceOf(p) == "first") == _expectedPods
        && sight.Pods.Length == _expectedPods + (_hasDaemonSet ? 1 : 0)
        && IsAtRest(sight);

    /// <summary>Nothing moves: each workload has its pods, each pod runs or finds no node, none is on its way out, and the budgets are counted.</summary>
    private bool IsAtRest(Sight sight) =>
        _replicas.All(w => sight.Pods.Count(p => App(p) == w.Key && !Sight.IsEnding(p)) == w.Value)
        && sight.Pods.All(p => Sight.IsEnding(p) ? IsHeld(p) && !ReleasesFinalizer : HasStarted(p) || FoundNoNode(p))
        && sight.BudgetsAreCounted;

    /// <summary>The pods that a drain has to remove and that are not on their way.</summary>
    private IEnumerable<JsonNode> Leaving(Sight sight) => sight.Pods.Where(p =>
        PlaceOf(p) == "first" && !Sight.IsEnding(p) && App(p) is not ("ds" or "mirror"));

    private string PlaceOf(JsonNode pod) =>
        (string?)pod["spec"]!["nodeName"] is { Length: > 0 } node ? node == First ? "first" : "second" : "nowhere";

    private static bool HasStarted(JsonNode pod) => App(pod) == "starting" || (string?)pod["status"]!["phase"] != "Pending";

    private static bool FoundNoNode(JsonNode pod) =>
        pod["status"]!["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "PodScheduled" && (string?)c["status"] == "False") == true;

    /// <summary>True where the kubelet is done with the pod and only the finalizer keeps it.</summary>
    private static bool IsHeld(JsonNode pod) =>
        App(pod) == "held" && Sight.IsEnding(pod) && (int?)pod["metadata"]!["deletionGracePeriodSeconds"] == 0;

    private static string App(JsonNode pod) => (string?)pod["metadata"]!["labels"]?["app"] ?? "?";

    private async Task<bool> IsCordonedAsync() => (bool?)(await _api.GetAsync($"/api/v1/nodes/{First}"))["spec"]?["unschedulable"] == true;

    private async Task<string[]> TaintsAsync(string node) =>
        [.. (await _api.GetAsync($"/api/v1/nodes/{node}"))["spec"]?["taints"]?.AsArray().Select(t => (string)t!["key"]!) ?? []];
}
