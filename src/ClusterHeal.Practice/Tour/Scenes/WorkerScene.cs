using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>A worker is lost and returns: what the cluster sees, and when.</summary>
internal sealed class WorkerScene : ITourScene
{
    private const string Lost = "kubew02";

    public string Name => "worker";

    public string Title => "a worker is lost: what is seen, what serves on, and what its return changes";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        await using var story = await ClusterStory.BeginAsync(stage, cancellationToken);
        story.SayLogin();
        var address = story.Cluster.Hosts[Lost].Address;
        var before = await story.LookAsync("$before = Get-PodPlacement -Namespace default; $before", null, cancellationToken);
        TourStage.Expect(before.Any(pod => pod.NodeName == Lost), $"nginx runs on {Lost}");

        var options = story.Cluster.Options;
        stage.Say($"The kubelet of {Lost} is stopped. After {options.NodeMonitorGracePeriod.TotalSeconds:0} seconds of silence the node is no longer Ready.");
        await ChangeAsync($"Stop-NodeComponent {address} Kubelet @login -For 10m -Confirm:$false", ComponentAction.Stop);
        await WaitAsync($"Wait-NodeStatus {Lost} NotReady -TimeoutSec 90", NodeCondition.NotReady);

        stage.Say($"Its pods tolerate that for {options.TolerationSeconds} seconds. Then others take their place, and they stay Terminating: nobody is there to end them.");
        await ClusterStory.UntilAsync(
            async () => (await story.PodsAsync(cancellationToken)).Count(pod => pod.IsReady && pod.NodeName != Lost) == 3,
            "all three pods run on the other worker", cancellationToken);
        await story.LookAsync("Get-PodPlacement -Namespace default", null, cancellationToken);
        await story.BrowseAsync(Lost, cancellationToken);

        stage.Say("The kubelet returns. The node is Ready, the old pods end, and nothing moves back.");
        await ChangeAsync($"Start-NodeComponent {address} Kubelet @login", ComponentAction.Start);
        await WaitAsync($"Wait-NodeStatus {Lost} Ready -TimeoutSec 90", NodeCondition.Ready);
        await ClusterStory.UntilAsync(
            async () => (await story.PodsAsync(cancellationToken)).Count == 3, "the old pods are gone", cancellationToken);
        var after = await story.LookAsync("Get-PodPlacement -Namespace default", null, cancellationToken);
        TourStage.Expect(after.All(pod => pod.NodeName != Lost), "nothing moves back");

        async Task ChangeAsync(string command, ComponentAction action)
        {
            var change = new ComponentChange
            {
                OpenShell = TourLogin.Shells.Open,
                Action = action,
                Targets = [new HostComponents(story.Login(Lost), [ClusterComponent.Kubelet])],
                For = TimeSpan.FromMinutes(10),
                JournalFolder = stage.File("journal"),
            };
            var result = await stage.RunAsync(command, sink => ComponentChanger.RunAsync(change, sink, TimeProvider.System, cancellationToken));
            TourStage.Expect(result.Faults.Count == 0, $"'{command}' succeeds");
        }

        async Task WaitAsync(string command, NodeCondition condition)
        {
            var patience = TimeSpan.FromSeconds(90);
            var result = await stage.RunAsync(
                command, sink => new NodeOperations(story.Client, sink).WaitAsync([Lost], condition, patience, cancellationToken));
            result.One<NodeStatus>();
        }
    }
}
