using ClusterHeal.Kubernetes;
using ClusterHeal.Tests.Kubernetes.Drain;

namespace ClusterHeal.Tests.Kubernetes.Placement;

public sealed class PlacementTests
{
    [Fact]
    public void What_came_went_and_moved_is_told_apart()
    {
        PodPlacement[] before = [At("web-1", "n1"), At("web-2", "n1"), At("db-0", "n1", "StatefulSet/db"), At("old", "n2", "Deployment/old"), At("stays", "n2")];
        PodPlacement[] now =
        [
            At("stays", "n2"), At("web-3", "n2"), At("web-4", "n1"), At("db-0", "n3", "StatefulSet/db", uid: "second"), At("fresh", "n3", "Deployment/fresh"),
        ];
        var changes = PlacementChanges.Compare(before, now).Where(c => c.Change != PodChange.None).ToDictionary(c => c.PodName);
        Assert.Equal(5, changes.Count);
        Assert.Equal((PodChange.Moved, "n1"), (changes["web-3"].Change, changes["web-3"].FormerNodeName));
        Assert.Equal(PodChange.Replaced, changes["web-4"].Change);
        Assert.Equal((PodChange.Moved, "n1"), (changes["db-0"].Change, changes["db-0"].FormerNodeName));
        Assert.Equal(PodChange.Came, changes["fresh"].Change);
        Assert.Equal(PodChange.Went, changes["old"].Change);
    }

    [Fact]
    public async Task Recorded_pods_are_shown_as_kubectl_shows_them()
    {
        await using var api = new ScriptedApi(_ => ScriptedAnswer.Recorded("pods-on-node"));
        using var client = api.Connect();
        var sink = new RecordingSink();
        await new PodPlacementQuery { NodeNames = ["kubew04"] }.RunAsync(client, sink, TestContext.Current.CancellationToken);
        Assert.Contains("fieldSelector=spec.nodeName%3Dkubew04", Assert.Single(api.Requests), StringComparison.Ordinal);
        Assert.All(sink.All<PodPlacement>(), p => Assert.NotEmpty(p.Status));
        Assert.Contains(sink.All<PodPlacement>(), p => p.Workload == "Deployment/nginx");
    }

    [Theory]
    [InlineData("Running", "CrashLoopBackOff", null, "CrashLoopBackOff")]
    [InlineData("Running", null, 137, "ExitCode:137")]
    [InlineData("Failed", null, 1, "ExitCode:1")]
    public void A_containers_state_is_the_pods_status(string phase, string? waiting, int? exit, string status)
    {
        var pod = Pods.Make("a", phase: phase, ready: false);
        var state = new ContainerState
        {
            Waiting = waiting is null ? null : new ContainerWaiting { Reason = waiting },
            Terminated = exit is { } code ? new ContainerTerminated { ExitCode = code } : null,
        };
        pod = pod with { Status = pod.Status with { ContainerStatuses = [new ContainerStatus { Name = "c", RestartCount = 4, State = state }] } };
        var placement = PodReport.Make(pod, Pods.Now);
        Assert.Equal(status, placement.Status);
        Assert.Equal((0, 1, 4), (placement.ReadyContainers, placement.Containers, placement.Restarts));
        Assert.Equal(phase == "Failed" ? status : "Terminating", PodReport.Make(pod.Deleted(TimeSpan.Zero), Pods.Now).Status);
    }

    private static PodPlacement At(string name, string node, string workload = "Deployment/web", string? uid = null) => new()
    {
        Namespace = "default",
        PodName = name,
        NodeName = node,
        Status = "Running",
        Workload = workload,
        Uid = uid ?? "uid-" + name,
    };

    [Fact]
    public void Fields_that_are_not_read_cost_no_memory()
    {
        _ = Allocated("");
        Assert.InRange(Allocated(new string('x', 200_000)), 0, Allocated("") + 20_000);
    }

    /// <summary>The bytes that one page of one pod costs, with more or less in fields that nobody here reads.</summary>
    private static long Allocated(string ballast)
    {
        var page = System.Text.Encoding.UTF8.GetBytes($$"""
            {"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"web-1","namespace":"default","uid":"1",
             "annotations":{"notes":"{{ballast}}"},"managedFields":[{"fieldsV1":{"f:{{ballast}}":{} } }]},
             "spec":{"nodeName":"n1","containers":[{"name":"web","args":["{{ballast}}"]}]},"status":{"phase":"Running"} }]}
            """);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var list = System.Text.Json.JsonSerializer.Deserialize(page, KubernetesJson.Default.ResourceListPod)!;
        var after = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("web-1", Assert.Single(list.Items!).Metadata.Name);
        return after - before;
    }
}
