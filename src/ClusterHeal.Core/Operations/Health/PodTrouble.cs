using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Why a pod is stuck, in words.</summary>
internal static class PodTrouble
{
    /// <summary>The reasons by which a container waits while it starts; all others are trouble.</summary>
    private static readonly string[] Starting = ["ContainerCreating", "PodInitializing"];

    /// <summary>The container that waits for another reason than its start, and the reason.</summary>
    public static (string Container, string Reason, int Restarts)? WaitingContainer(Pod pod)
    {
        foreach (var status in (pod.Status.InitContainerStatuses ?? []).Concat(pod.Status.ContainerStatuses ?? []))
        {
            if (status.State.Waiting?.Reason is { } reason && !Starting.Contains(reason)) return (status.Name, reason, status.RestartCount);
        }

        return null;
    }

    /// <summary>What the matter is, or null where the pod may yet come right by itself.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="now">The time by the server's clock.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="silent">The nodes whose kubelets are silent.</param>
    public static Finding? Judge(Pod pod, DateTimeOffset now, TimeSpan patience, IReadOnlySet<string> silent)
    {
        var name = pod.Metadata.FullName;
        if (pod.Metadata.DeletionTimestamp is { } deadline) return Terminating(pod, name, now - deadline, patience, silent);
        if (WaitingContainer(pod) is { } waiting && !silent.Contains(pod.Spec.NodeName))
        {
            return Finding.Warning(
                name,
                $"Its container '{waiting.Container}' does not start: {waiting.Reason}, after {waiting.Restarts} restarts.",
                waiting.Reason.Contains("Image", StringComparison.Ordinal)
                    ? "Check the name of the image and the registry's credentials (imagePullSecrets)."
                    : "Look at its last words: "
                        + $"kubectl logs -n {pod.Metadata.Namespace} {pod.Metadata.Name} -c {waiting.Container} --previous.");
        }

        return pod.Status.Phase == "Pending" && now - pod.Metadata.CreationTimestamp > patience ? Pending(pod, name, now, silent) : null;
    }

    private static Finding? Terminating(Pod pod, string name, TimeSpan late, TimeSpan patience, IReadOnlySet<string> silent)
    {
        if (late <= patience) return null;
        var since = $"It should have been gone {late.TotalMinutes:0.#} min ago";
        if (pod.Metadata.Finalizers is { Count: > 0 } finalizers)
        {
            return Finding.Warning(
                name,
                $"{since} and waits for its finalizers: {string.Join(", ", finalizers)}.",
                "See why the controller that set them does not remove them; force does not help here.");
        }

        return silent.Contains(pod.Spec.NodeName)
            ? Finding.Warning(
                name,
                $"{since}, but the kubelet of '{pod.Spec.NodeName}', which alone can end it, is silent.",
                "Bring the node back. Where it is certainly off, taint it node.kubernetes.io/out-of-service=nodeshutdown:NoExecute.")
            : Finding.Warning(
                name,
                $"{since}, and '{pod.Spec.NodeName}' has not ended it.",
                "Look at the kubelet's log on that node: a container that ignores SIGKILL, or a volume that cannot be unmounted.");
    }

    private static Finding? Pending(Pod pod, string name, DateTimeOffset now, IReadOnlySet<string> silent)
    {
        var since = $"It is pending since {(now - pod.Metadata.CreationTimestamp)?.TotalMinutes:0.#} min";
        if (pod.Spec.NodeName.Length > 0)
        {
            if (silent.Contains(pod.Spec.NodeName)) return null; // The node is the trouble, and is named as such.
            return Finding.Warning(
                name,
                $"{since} on '{pod.Spec.NodeName}', which has not started it.",
                $"Look at its events: kubectl describe pod -n {pod.Metadata.Namespace} {pod.Metadata.Name}.");
        }

        return pod.Status.Condition("PodScheduled") is { Status: "False" } unschedulable
            ? Finding.Warning(
                name,
                $"{since}: no node takes it. {unschedulable.Message}".TrimEnd(),
                "Free some room, uncordon a node (Resume-NodeScheduling), or mend its selectors and tolerations.")
            : Finding.Warning(
                name,
                $"{since}, and no scheduler has looked at it.",
                "See whether its schedulerName names a scheduler that runs (Test-ClusterHealth -Check SchedulerLease).");
    }
}
