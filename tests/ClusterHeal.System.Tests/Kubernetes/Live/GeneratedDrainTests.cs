using System.Globalization;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Our drain beside <c>kubectl drain</c> on twins of generated clusters, and beside what its own plan foretold.</summary>
public abstract class GeneratedDrainTests(LiveControlPlane plane)
{
    private const int Count = 40;

    private enum Ending
    {
        Done,
        Refused,
        GivenUp,
        Stuck,
    }

    [Fact]
    public async Task Our_drain_ends_as_its_plan_foretold_and_in_the_state_in_which_kubectl_ends()
    {
        LongTests.SkipUnlessWanted();
        plane.Require();
        var token = TestContext.Current.CancellationToken;
        using var api = plane.Api();
        using var sights = new ClusterSights(api);
        var pairs = Enumerable.Range(1, Count)
            .Select(seed => (Ours: new GeneratedCluster(api, sights, $"o{seed}", seed), Theirs: new GeneratedCluster(api, sights, $"k{seed}", seed)))
            .ToArray();
        var all = pairs.SelectMany(p => new[] { p.Ours, p.Theirs }).ToArray();
        await using var kubelets = await FakeKubelets.StartAsync(
            plane, TimeSpan.FromSeconds(30), [.. all.SelectMany(c => new[] { c.First, c.Second })]);
        await Task.WhenAll(all.Select(c => c.CreateAsync(token)));

        var comparisons = await Task.WhenAll(pairs.Select(p => CompareAsync(p.Ours, p.Theirs, token)));
        Assert.True(comparisons.All(c => c.Complaint is null), string.Join("\n\n", comparisons.Select(c => c.Complaint).OfType<string>()));
        // Without each of these the clusters would show less than they are to show.
        foreach (var ending in Enum.GetValues<Ending>()) Assert.Contains(ending, comparisons.Select(c => c.Ending));
    }

    private async Task<(Ending Ending, string? Complaint)> CompareAsync(GeneratedCluster mine, GeneratedCluster other, CancellationToken token)
    {
        var theirs = KubectlAsync(other, token);
        var (plan, ending, events) = await DrainAsync(mine, token);
        var said = await theirs;
        var complaints = new List<string>();
        if (said is null != (ending == Ending.Stuck) || said is 0 != (ending == Ending.Done))
            complaints.Add($"we ended {ending}, kubectl with {said?.ToString(CultureInfo.InvariantCulture) ?? "no end"}");
        var (pods, isCordoned) = await mine.OutcomeAsync(token);
        var (podsOfKubectl, _) = await other.OutcomeAsync(token);
        if (!pods.SequenceEqual(podsOfKubectl))
            complaints.Add($"we left [{string.Join(", ", pods)}], kubectl [{string.Join(", ", podsOfKubectl)}]");
        // kubectl cordons before it refuses; we leave a node that is not drained as it was.
        if (isCordoned == (ending == Ending.Refused)) complaints.Add($"we ended {ending} and the node is {(isCordoned ? "" : "not ")}cordoned");
        complaints.AddRange(Surprises(plan, ending, events, mine.ReleasesFinalizer));
        return (ending, complaints.Count == 0 ? null : $"{mine.Name}: {string.Join("; ", complaints)}\n{mine.Describe()}");
    }

    /// <summary>What the plan did not foretell: which pods stay, which budget the server names for them, and whether the drain completes.</summary>
    private static IEnumerable<string> Surprises(NodeDrainPlan plan, Ending ending, NodeDrainEvent[] events, bool finalizersGo)
    {
        if (plan.CanStart == (ending == Ending.Refused)) yield return $"the plan said CanStart={plan.CanStart}, the drain ended {ending}";
        if (!plan.CanStart) yield break;
        bool IsHeld(PodDrainDecision pod) => !finalizersGo && pod.Reasons.Any(r => r.Kind == PodDrainReasonKind.Finalizers);
        var leaving = plan.Pods.Where(p => p.Action == PodDrainAction.Evict).ToArray();
        if ((plan.WillComplete && !leaving.Any(IsHeld)) != (ending == Ending.Done))
            yield return $"the plan said WillComplete={plan.WillComplete}, the drain ended {ending}";

        var foretold = leaving.Where(p => p.Outcome == EvictionOutcome.Blocks).Select(p => $"{p.PodName} by {Several(p.Budget)}").Order();
        var last = events.Where(e => e.PodName is not null).GroupBy(e => e.PodName).Select(g => g.Last()).ToArray();
        var happened = last
            .Where(e => e.Kind is NodeDrainEventKind.Blocked or NodeDrainEventKind.PodFailed)
            .Select(e => $"{e.PodName} by {(e.Obstacle == EvictionObstacle.SeveralBudgets ? "several" : e.Budget)}").Order();
        if (!foretold.SequenceEqual(happened))
            yield return $"foretold to block [{string.Join(", ", foretold)}], blocked [{string.Join(", ", happened)}]";

        var foretoldToGo = leaving.Where(p => p.Outcome != EvictionOutcome.Blocks && !IsHeld(p)).Select(p => p.PodName).Order();
        var gone = last.Where(e => e.Kind == NodeDrainEventKind.PodGone).Select(e => e.PodName).Order();
        if (!foretoldToGo.SequenceEqual(gone)) yield return $"foretold to go [{string.Join(", ", foretoldToGo)}], gone [{string.Join(", ", gone)}]";
    }

    private static string? Several(string? budgets) => budgets?.Contains(',', StringComparison.Ordinal) == true ? "several" : budgets;

    private async Task<(NodeDrainPlan Plan, Ending Ending, NodeDrainEvent[] Events)> DrainAsync(GeneratedCluster cluster, CancellationToken token)
    {
        var options = new NodeDrainOptions
        {
            IgnoreDaemonSet = cluster.IgnoreDaemonSet,
            DeleteEmptyDirData = cluster.DeleteEmptyDirData,
            DeleteUnmanagedPod = cluster.DeleteUnmanagedPod,
        };
        using var client = await plane.ConnectAsync();
        var sink = new RecordingSink();
        var drainer = new NodeDrainer(client, options, sink);
        await drainer.PlanAsync([cluster.First], null, token);
        var ended = await RunAsync(
            cluster,
            async end =>
            {
                await drainer.DrainAsync([cluster.First], null, force: false, end);
                return 0;
            },
            token);
        var ending = ended is null ? Ending.Stuck : sink.Faults.SingleOrDefault()?.ErrorId switch
        {
            null => Ending.Done,
            ErrorIds.DrainRefused => Ending.Refused,
            _ => Ending.GivenUp,
        };
        return (sink.All<NodeDrainPlan>().Single(), ending, [.. sink.All<NodeDrainEvent>()]);
    }

    private Task<int?> KubectlAsync(GeneratedCluster cluster, CancellationToken token) => RunAsync(
        cluster,
        async end => (await plane.KubectlAsync(
            end,
            "drain", cluster.First, $"--ignore-daemonsets={Lower(cluster.IgnoreDaemonSet)}",
            $"--delete-emptydir-data={Lower(cluster.DeleteEmptyDirData)}", $"--force={Lower(cluster.DeleteUnmanagedPod)}")).ExitCode,
        token);

    /// <summary>Runs a drain until it ends by itself, or until it never will.</summary>
    /// <returns>How it ended, or null.</returns>
    private static async Task<int?> RunAsync(GeneratedCluster cluster, Func<CancellationToken, Task<int>> drain, CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var running = drain(end.Token);
        var releasing = cluster.ReleaseAsync(end.Token);
        var stuck = cluster.UntilStuckAsync(end.Token);
        await Task.WhenAny(running, stuck);
        var hasEnded = running.IsCompleted;
        await end.CancelAsync();
        await Task.WhenAll(running, stuck, releasing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return hasEnded ? await running : stuck.IsCompletedSuccessfully ? null : throw new InvalidOperationException(cluster.Name, stuck.Exception);
    }

    private static string Lower(bool value) => value ? "true" : "false";
}

public sealed class PracticeGeneratedDrainTests(PracticeCrowd crowd) : GeneratedDrainTests(crowd), IClassFixture<PracticeCrowd>;

public sealed class RealGeneratedDrainTests(RealCrowd crowd) : GeneratedDrainTests(crowd), IClassFixture<RealCrowd>;

/// <summary>A practice control plane that is patient with its many nodes.</summary>
public sealed class PracticeCrowd() : LiveControlPlane(isReal: false, TimeSpan.FromMinutes(5));

/// <summary>A real control plane that is patient with its many nodes.</summary>
public sealed class RealCrowd() : LiveControlPlane(isReal: true, TimeSpan.FromMinutes(5));
