using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Why a pod is stuck, in words.</summary>
internal static class PodTrouble
{
    /// <summary>The reasons for which a container waits during its start. All others are trouble.</summary>
    private static readonly string[] Starting = ["ContainerCreating", "PodInitializing"];

    /// <summary>After a run of this length the kubelet counts again from the beginning (kubelet: MaxContainerBackOff, twice).</summary>
    private static readonly TimeSpan LastingRun = TimeSpan.FromMinutes(10);

    /// <summary>The container that waits for another reason than its start, or null.</summary>
    public static ContainerStatus? WaitingContainer(Pod pod) =>
        Containers(pod).FirstOrDefault(c => c.State.Waiting?.Reason is { } reason && !Starting.Contains(reason));

    /// <summary>A container that was restarted several times and whose last run was short, even if it runs at the moment; or null.</summary>
    public static ContainerStatus? CrashingContainer(Pod pod) => Containers(pod).FirstOrDefault(c =>
        c.RestartCount >= 3 && c.LastState.Terminated is { FinishedAt: { } end, StartedAt: { } start } && end - start < LastingRun);

    /// <summary>What is wrong, or null if the pod may still become healthy by itself.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="now">The time by the server's clock.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="silent">The nodes whose kubelets are silent.</param>
    public static Finding? Judge(Pod pod, DateTimeOffset now, TimeSpan patience, IReadOnlySet<string> silent)
    {
        var name = pod.Metadata.FullName;
        if (pod.Metadata.DeletionTimestamp is { } deadline) return Terminating(pod, name, now - deadline, patience, silent);
        if (silent.Contains(pod.Spec.NodeName)) return null; // The node is the cause, and is named as such.
        if (WaitingContainer(pod) is { } waiting) return Waiting(pod, name, waiting);
        if (CrashingContainer(pod) is { } crashing && now - crashing.LastState.Terminated!.FinishedAt < LastingRun)
        {
            return Finding.Warning(
                name,
                $"Its container '{crashing.Name}' ends again and again: {Restarts(crashing)}.",
                LastWords(pod, crashing));
        }

        return pod.Status.Phase == "Pending" && now - pod.Metadata.CreationTimestamp > patience ? Pending(pod, name, now) : null;
    }

    private static Finding Waiting(Pod pod, string name, ContainerStatus container)
    {
        var waiting = container.State.Waiting!;
        var why = container.RestartCount > 0 ? $", after {Restarts(container)}" : waiting.Message is { Length: > 0 } told ? $": {told}" : "";
        return Finding.Warning(
            name,
            $"Its container '{container.Name}' does not start: {waiting.Reason}{why}".TrimEnd('.') + ".",
            waiting.Reason switch
            {
                { } image when image.Contains("Image", StringComparison.Ordinal) =>
                    "Check the name of the image and the registry's credentials (imagePullSecrets).",
                "CreateContainerConfigError" => "Create the ConfigMap or Secret that it names, or the key in it.",
                _ => LastWords(pod, container),
            },
            [.. new[] { waiting.Message }.OfType<string>()]);
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

    private static Finding Pending(Pod pod, string name, DateTimeOffset now)
    {
        var since = $"It is pending since {(now - pod.Metadata.CreationTimestamp)?.TotalMinutes:0.#} min";
        if (pod.Spec.NodeName.Length > 0)
        {
            return Finding.Warning(
                name,
                $"{since} on '{pod.Spec.NodeName}', which has not started it.",
                $"Look at its events: kubectl describe pod -n {pod.Metadata.Namespace} {pod.Metadata.Name}.");
        }

        return pod.Status.Condition("PodScheduled") is { Status: "False" } unschedulable
            ? Finding.Warning(
                name,
                $"{since}: no node takes it. {unschedulable.Message}".TrimEnd(),
                "Free some room, uncordon a node (Resume-NodeScheduling), or fix its selectors and tolerations.")
            : Finding.Warning(
                name,
                $"{since}, and no scheduler has looked at it.",
                "See whether its schedulerName names a scheduler that runs (Test-ClusterHealth -Check SchedulerLease).");
    }

    private static IEnumerable<ContainerStatus> Containers(Pod pod) =>
        (pod.Status.InitContainerStatuses ?? []).Concat(pod.Status.ContainerStatuses ?? []);

    private static string Restarts(ContainerStatus container)
    {
        var count = container.RestartCount == 1 ? "1 restart" : $"{container.RestartCount} restarts";
        if (container.LastState.Terminated is not { } ended) return count;
        var reason = ended.Reason is { Length: > 0 } told and not "Error" ? $" ({told})" : "";
        return $"{count}, it ended last with exit code {ended.ExitCode}{reason}";
    }

    private static string LastWords(Pod pod, ContainerStatus container) =>
        $"Look at its last words: kubectl logs -n {pod.Metadata.Namespace} {pod.Metadata.Name} -c {container.Name} --previous.";
}
