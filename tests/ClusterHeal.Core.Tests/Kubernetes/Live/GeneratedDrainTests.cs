using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Our drain beside <c>kubectl drain</c> on twins of generated clusters, and beside what its own plan foretold.</summary>
[Collection(LiveCollection.Name)]
public sealed class GeneratedDrainTests(LiveControlPlane plane)
{
    private const int TimeoutSec = 90;

    /// <summary>How many clusters; more with CLUSTERHEAL_GENERATED_CLUSTERS.</summary>
    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("CLUSTERHEAL_GENERATED_CLUSTERS"), out var count) ? count : 8;

    [Fact]
    public async Task Our_drain_ends_as_its_plan_foretold_and_in_the_state_in_which_kubectl_ends()
    {
        LiveControlPlane.Require();
        using var api = plane.Api();
        var seeds = Enumerable.Range(1, Count).ToArray();
        var ours = seeds.Select(s => new GeneratedCluster(api, $"o{s}", s)).ToArray();
        var theirs = seeds.Select(s => new GeneratedCluster(api, $"k{s}", s)).ToArray();
        await using var kubelets = await FakeKubelets.StartAsync(plane, [.. ours.Concat(theirs).SelectMany(c => new[] { c.First, c.Second })]);
        await Task.WhenAll(ours.Concat(theirs).Select(c => c.CreateAsync()));

        var outcomes = await Task.WhenAll(ours.Zip(theirs, CompareAsync));
        Assert.True(outcomes.All(o => o is null), string.Join("\n\n", outcomes.OfType<string>()));
    }

    private async Task<string?> CompareAsync(GeneratedCluster mine, GeneratedCluster other)
    {
        var kubectl = plane.KubectlAsync(
        [
            "drain", other.First, $"--timeout={TimeoutSec}s", $"--ignore-daemonsets={Lower(other.IgnoreDaemonSet)}",
            $"--delete-emptydir-data={Lower(other.DeleteEmptyDirData)}", $"--force={Lower(other.DeleteUnmanagedPod)}",
        ]);
        var (plan, result, faults) = await DrainAsync(mine);
        var said = await kubectl;
        var left = await mine.PodsLeftAsync();
        var leftByKubectl = await other.PodsLeftAsync();
        var complaints = new List<string>();
        if (!left.SequenceEqual(leftByKubectl)) complaints.Add($"we left [{string.Join(' ', left)}], kubectl [{string.Join(' ', leftByKubectl)}]");
        if (faults.Length == 0 != (said.ExitCode == 0)) complaints.Add($"we said [{string.Join(' ', faults)}], kubectl ended with {said.ExitCode}: {said.Error}");
        if (plan.CanStart && plan.WillComplete != result?.Succeeded) complaints.Add($"the plan said WillComplete={plan.WillComplete}, the drain {result}");
        if (plan.CanStart && result is not null)
        {
            var foretold = plan.Pods.Where(p => p.Outcome == EvictionOutcome.Blocks).Select(p => $"{p.PodName} {p.Budget}").Order();
            var happened = result.Remaining.Select(r => $"{r.PodName} {plan.Pods.First(p => p.PodName == r.PodName).Budget}").Order();
            if (!foretold.SequenceEqual(happened)) complaints.Add($"foretold to block [{string.Join(", ", foretold)}], blocked [{string.Join(", ", result.Remaining)}]");
        }

        return complaints.Count == 0 ? null : $"{mine.Name}: {string.Join("; ", complaints)}\n{mine.Describe()}";
    }

    private async Task<(NodeDrainPlan Plan, NodeDrainResult? Result, string[] Faults)> DrainAsync(GeneratedCluster cluster)
    {
        var options = new NodeDrainOptions
        {
            IgnoreDaemonSet = cluster.IgnoreDaemonSet,
            DeleteEmptyDirData = cluster.DeleteEmptyDirData,
            DeleteUnmanagedPod = cluster.DeleteUnmanagedPod,
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
        };
        using var client = await plane.ConnectAsync();
        var sink = new RecordingSink();
        var drainer = new NodeDrainer(client, options, sink);
        await drainer.PlanAsync([cluster.First], null, TestContext.Current.CancellationToken);
        await drainer.DrainAsync([cluster.First], null, force: false, TestContext.Current.CancellationToken);
        return (sink.All<NodeDrainPlan>().Single(), sink.All<NodeDrainResult>().SingleOrDefault(), [.. sink.Faults.Select(f => f.Message)]);
    }

    private static string Lower(bool value) => value ? "true" : "false";
}
