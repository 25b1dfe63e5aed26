namespace ClusterHeal.Kubernetes;

/// <summary>
/// Decides what a drain does with a pod: kubectl's filters in kubectl's order. The first filter that keeps the pod decides, but every reason is kept.
/// Kubernetes: k8s.io/kubectl/pkg/drain/filters.go.
/// </summary>
/// <param name="options">What the user allows.</param>
/// <param name="daemonSetExists">Whether a pod's DaemonSet exists: namespace and name.</param>
/// <param name="nodeIsSilent">True if the control plane has lost the node's kubelet.</param>
/// <param name="now">The time by the server's clock.</param>
internal sealed class DrainFilter(
    NodeDrainOptions options, Func<string, string, bool> daemonSetExists, bool nodeIsSilent, DateTimeOffset now)
{
    public PodDrainDecision Decide(Pod pod)
    {
        var reasons = new List<PodDrainReason>();
        var verdicts = new[]
        {
            Terminating(pod, reasons), DaemonSet(pod, reasons), Mirror(pod, reasons), LocalStorage(pod, reasons), Unmanaged(pod, reasons),
        };
        var kept = verdicts.FirstOrDefault(v => v is not null);
        if (pod.IsFinished) reasons.Add(new(PodDrainReasonKind.Finished, $"has ended by itself ({pod.Status.Phase})"));
        if (kept is null) AddHindrances(pod, reasons);
        return new PodDrainDecision
        {
            NodeName = pod.Spec.NodeName,
            Namespace = pod.Metadata.Namespace,
            PodName = pod.Metadata.Name,
            Uid = pod.Metadata.Uid,
            Workload = PodReport.Workload(pod),
            Action = kept ?? (options.DisableEviction ? PodDrainAction.Delete : PodDrainAction.Evict),
            Reasons = [.. reasons],
        };
    }

    private PodDrainAction? Terminating(Pod pod, List<PodDrainReason> reasons)
    {
        if (pod.Metadata.DeletionTimestamp is not { } deleted) return null;
        var since = now - deleted;
        reasons.Add(new(PodDrainReasonKind.Terminating, $"is being deleted since {pod.Metadata.DeletionAsked!.Value.UtcDateTime:u}"));
        return options.SkipWaitForDelete is { } limit && limit > TimeSpan.Zero && since > limit ? PodDrainAction.Skip : null;
    }

    private PodDrainAction? DaemonSet(Pod pod, List<PodDrainReason> reasons)
    {
        if (pod.Metadata.Controller is not { Kind: "DaemonSet", ApiVersion: "apps/v1" } owner || pod.IsFinished) return null;
        if (!daemonSetExists(pod.Metadata.Namespace, owner.Name))
        {
            reasons.Add(new(
                PodDrainReasonKind.OrphanedDaemonSet, $"belongs to the DaemonSet '{owner.Name}', which does not exist", nameof(options.DeleteUnmanagedPod)));
            return options.DeleteUnmanagedPod ? null : PodDrainAction.Refuse;
        }

        reasons.Add(new(
            PodDrainReasonKind.DaemonSet,
            $"belongs to the DaemonSet '{owner.Name}', which would start it again at once",
            nameof(options.IgnoreDaemonSet)));
        return options.IgnoreDaemonSet ? PodDrainAction.Skip : PodDrainAction.Refuse;
    }

    private static PodDrainAction? Mirror(Pod pod, List<PodDrainReason> reasons)
    {
        if (!pod.IsMirror) return null;
        reasons.Add(new(PodDrainReasonKind.Mirror, "is the image of a static pod; only its manifest on the node starts and stops it"));
        return PodDrainAction.Skip;
    }

    private PodDrainAction? LocalStorage(Pod pod, List<PodDrainReason> reasons)
    {
        var volumes = pod.Spec.Volumes?.Where(v => v.EmptyDir is not null).Select(v => $"'{v.Name}'").ToArray() ?? [];
        if (volumes.Length == 0 || pod.IsFinished) return null;
        reasons.Add(new(
            PodDrainReasonKind.LocalStorage,
            $"loses the data of its emptyDir {string.Join(", ", volumes)}",
            nameof(options.DeleteEmptyDirData)));
        return options.DeleteEmptyDirData ? null : PodDrainAction.Refuse;
    }

    private PodDrainAction? Unmanaged(Pod pod, List<PodDrainReason> reasons)
    {
        if (pod.Metadata.Controller is not null || pod.IsFinished || pod.IsMirror) return null;
        reasons.Add(new(PodDrainReasonKind.Unmanaged, "is managed by nothing, so nothing would recreate it elsewhere", nameof(options.DeleteUnmanagedPod)));
        return options.DeleteUnmanagedPod ? null : PodDrainAction.Refuse;
    }

    private void AddHindrances(Pod pod, List<PodDrainReason> reasons)
    {
        if (pod.Metadata.Finalizers is { Count: > 0 } finalizers)
            reasons.Add(new(PodDrainReasonKind.Finalizers, $"stays after its end until {string.Join(", ", finalizers)} lets it go"));
        if (nodeIsSilent)
            reasons.Add(new(PodDrainReasonKind.SilentKubelet, "cannot end, because the kubelet of its node is silent", "SkipWaitForDeleteTimeoutSec"));
    }
}
