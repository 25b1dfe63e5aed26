using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>What tests of drains set up and wait for.</summary>
internal static class Workload
{
    public static async Task DrainAsync(this LiveControlPlane plane, RecordingSink sink, NodeDrainOptions options, params string[] nodes)
    {
        using var client = await plane.ConnectAsync();
        await new NodeDrainer(client, options, sink).DrainAsync(nodes, null, force: false, TestContext.Current.CancellationToken);
    }

    public static Task UntilAsync(this RecordingSink sink, NodeDrainEventKind kind) => LiveControlPlane.Eventually(
        () => Task.FromResult(sink.All<NodeDrainEvent>().Any(e => e.Kind == kind)), $"the event {kind}");

    public static async Task NamespaceAsync(RawApi api, string name) =>
        await api.PostAsync("/api/v1/namespaces", $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{name}}"} }""");

    /// <summary>A deployment whose pods all start on the first of two nodes.</summary>
    public static async Task DeployAsync(RawApi api, string name, int replicas)
    {
        await api.PatchAsync($"/api/v1/nodes/{name}-b", """{"spec":{"unschedulable":true}}""");
        await CreateAsync(api, name, replicas);
        await api.PatchAsync($"/api/v1/nodes/{name}-b", """{"spec":{"unschedulable":null}}""");
        await LiveControlPlane.Eventually(async () => (await api.GetAsync($"/api/v1/nodes/{name}-b"))["spec"]!["taints"] is null, "the other node");
    }

    /// <summary>A namespace with a deployment <c>web</c> whose pods may run on the nodes that begin with that name.</summary>
    public static async Task CreateAsync(RawApi api, string name, int replicas)
    {
        await NamespaceAsync(api, name);
        await api.PostAsync($"/apis/apps/v1/namespaces/{name}/deployments", $$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":{{replicas}},"selector":{"matchLabels":{"app":"web"} },
             "template":{"metadata":{"labels":{"app":"web"} },"spec":{"nodeSelector":{"twin":"{{name}}"},"terminationGracePeriodSeconds":1,
             "containers":[{"name":"c","image":"pause"}]} } } }
            """);
        await RunningAsync(api, name, replicas);
    }

    public static Task RunningAsync(RawApi api, string name, int count) => LiveControlPlane.Eventually(
        async () => (await api.ItemsAsync($"/api/v1/namespaces/{name}/pods")).Count(p => (string?)p!["status"]!["phase"] == "Running") == count,
        $"{count} pods of {name} to run");

    /// <summary>A budget for the deployment, once it counts as many healthy pods.</summary>
    public static async Task BudgetAsync(RawApi api, string nameSpace, string name, string rule, int healthy = 1)
    {
        var path = $"/apis/policy/v1/namespaces/{nameSpace}/poddisruptionbudgets";
        await api.PostAsync(path, $$"""
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{name}}"},
             "spec":{ {{rule}},"selector":{"matchLabels":{"app":"web"} } } }
            """);
        await LiveControlPlane.Eventually(
            async () => (int?)(await api.GetAsync($"{path}/{name}"))["status"]?["currentHealthy"] >= healthy, "the budget to be counted");
    }
}
