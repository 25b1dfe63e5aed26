using ClusterHeal.Kubernetes;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>A node is emptied for maintenance: first a budget blocks it, then it goes, then the node is back.</summary>
internal sealed class NodesScene : ITourScene
{
    private const string Node = "kubew01";

    public string Name => "nodes";

    public string Title => "nginx on two workers, a drain that a budget blocks, and the node's return";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        await using var story = await ClusterStory.BeginAsync(stage, cancellationToken);
        var nodes = new Func<IOperationSink, NodeOperations>(sink => new NodeOperations(story.Client, sink));
        await stage.RunAsync("Get-NodeStatus", sink => nodes(sink).ReportAsync([], null, cancellationToken));
        var before = await story.LookAsync("$before = Get-PodPlacement -Namespace default; $before", null, cancellationToken);
        TourStage.Expect(before.Select(pod => pod.NodeName).Distinct().Count() == 2, "nginx runs on both workers");
        await story.BrowseAsync(Node, cancellationToken);

        stage.Say("A budget says that all three pods have to be there. What would a drain do?");
        await File.WriteAllTextAsync(stage.File("budget.yaml"), Budget, cancellationToken);
        await story.KubectlAsync("create -f budget.yaml", cancellationToken);
        await ClusterStory.UntilAsync(
            async () => !(await PlanAsync(story, cancellationToken)).WillComplete, "the plan foretells that the budget blocks", cancellationToken);
        var plan = await PlanAsync(story, cancellationToken);
        await stage.RunAsync($"(Get-NodeDrainPlan {Node}).Pods", sink => EmitAsync(sink, plan.Pods));
        await stage.RunAsync($"(Get-NodeDrainPlan {Node}).Budgets.Remedy", sink =>
        {
            foreach (var budget in plan.Budgets.Where(each => each.Remedy is not null)) stage.Print(budget.Remedy!);
            return Task.CompletedTask;
        });

        stage.Say("The plan is right: the drain waits for the budget, gives up in time, and takes its cordon back.");
        var blocked = await DrainAsync(
            $"Invoke-NodeDrain {Node} -TimeoutSec 5 -ResumeOnFailure -Confirm:$false",
            new NodeDrainOptions { Timeout = TimeSpan.FromSeconds(5), ResumeOnFailure = true });
        TourStage.Expect(blocked.Faults.Count == 1, "the drain gives up");

        stage.Say("One replica more, and there is room. The drain now waits until the pods are Ready elsewhere.");
        await story.KubectlAsync("scale deployment nginx --replicas=4", cancellationToken);
        await story.KubectlAsync("rollout status deployment nginx --timeout=180s", cancellationToken);
        var drained = await DrainAsync(
            $"Invoke-NodeDrain {Node} -TimeoutSec 120 -WaitForReplacement -Confirm:$false",
            new NodeDrainOptions { Timeout = TimeSpan.FromSeconds(120), WaitForReplacement = true });
        TourStage.Expect(drained.Faults.Count == 0, "the drain succeeds");
        var moved = await story.LookAsync("Get-PodPlacement -Namespace default -ChangedSince $before", before, cancellationToken);
        TourStage.Expect(moved.Count > 0, "pods have changed their place");
        await story.BrowseAsync(Node, cancellationToken);

        stage.Say("After the maintenance the node takes pods again. Those that left do not come back by themselves.");
        await stage.RunAsync(
            $"Resume-NodeScheduling {Node} -PassThru", sink => nodes(sink).SetSchedulableAsync([Node], null, true, true, cancellationToken));
        var after = await story.LookAsync("Get-PodPlacement -Namespace default", null, cancellationToken);
        TourStage.Expect(after.All(pod => pod.NodeName != Node), "pods are not moved back");

        Task<TourResult> DrainAsync(string command, NodeDrainOptions options) => stage.RunAsync(
            command, sink => new NodeDrainer(story.Client, options, sink).DrainAsync([Node], null, force: false, cancellationToken));
    }

    private const string Budget = """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata:
          name: nginx
        spec:
          minAvailable: 3
          selector:
            matchLabels:
              run: nginx

        """;

    private static Task EmitAsync(IOperationSink sink, IEnumerable<object> records)
    {
        foreach (var record in records) sink.Emit(record);
        return Task.CompletedTask;
    }

    private static async Task<NodeDrainPlan> PlanAsync(ClusterStory story, CancellationToken cancellationToken)
    {
        var sink = new TourSink(_ => { }, atStep: null);
        await new NodeDrainer(story.Client, new NodeDrainOptions(), sink).PlanAsync([Node], null, cancellationToken);
        return sink.Records.OfType<NodeDrainPlan>().Single();
    }
}
