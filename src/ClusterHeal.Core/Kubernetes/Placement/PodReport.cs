namespace ClusterHeal.Kubernetes;

/// <summary>Makes the status of a pod for users. Kubernetes: pkg/printers/internalversion/printers.go printPod.</summary>
internal static class PodReport
{
    private const string TemplateHash = "pod-template-hash";

    public static PodPlacement Make(Pod pod, DateTimeOffset now)
    {
        var statuses = pod.Status.ContainerStatuses ?? [];
        var sidecars = SidecarNames(pod);
        var sidecarStatuses = (pod.Status.InitContainerStatuses ?? []).Where(s => sidecars.Contains(s.Name)).ToArray();
        var initializing = InitText(pod, sidecars) is not null && pod.Status.Condition("Initialized")?.Status != "True";
        var ready = sidecarStatuses.Count(s => s.Ready && s.Started == true);
        if (!initializing) ready += statuses.Count(s => s.Ready && s.State.Running is not null);
        var restarts = initializing
            ? (pod.Status.InitContainerStatuses ?? []).Sum(s => s.RestartCount)
            : statuses.Sum(s => s.RestartCount) + sidecarStatuses.Sum(s => s.RestartCount);
        return new PodPlacement
        {
            Namespace = pod.Metadata.Namespace,
            PodName = pod.Metadata.Name,
            NodeName = pod.Spec.NodeName.Length > 0 ? pod.Spec.NodeName : null,
            Status = Status(pod, sidecars),
            ReadyContainers = ready,
            Containers = pod.Spec.Containers.Count + sidecars.Count,
            IsReady = pod.IsReady,
            Restarts = restarts,
            PodIP = pod.Status.PodIP,
            CreationTime = pod.Metadata.CreationTimestamp,
            Age = now - pod.Metadata.CreationTimestamp,
            Owner = pod.Metadata.Controller?.ToString(),
            Workload = Workload(pod),
            Uid = pod.Metadata.Uid,
        };
    }

    /// <summary>
    /// The workload that people know: if a ReplicaSet's name ends in its template's hash, it belongs to the Deployment with the name before that.
    /// Null if nothing manages the pod.
    /// </summary>
    public static string? Workload(Pod pod)
    {
        if (pod.Metadata.Controller is not { } owner) return null;
        var suffix = "-" + (pod.Metadata.Labels?.GetValueOrDefault(TemplateHash) ?? "");
        return owner.Kind == "ReplicaSet" && suffix.Length > 1 && owner.Name.EndsWith(suffix, StringComparison.Ordinal)
            ? "Deployment/" + owner.Name[..^suffix.Length]
            : owner.ToString();
    }

    private static string Status(Pod pod, HashSet<string> sidecars)
    {
        var reason = pod.Status.Reason is { Length: > 0 } own ? own : pod.Status.Phase;
        if (pod.Status.Condition("PodScheduled")?.Reason == "SchedulingGated") reason = "SchedulingGated";
        var init = InitText(pod, sidecars);
        if (init is not null) reason = init;
        if (init is null || pod.Status.Condition("Initialized")?.Status == "True") reason = ContainerText(pod, reason);
        if (!pod.IsTerminating) return reason;
        if (pod.Status.Reason == "NodeLost") return "Unknown";
        return pod.IsFinished ? reason : "Terminating";
    }

    /// <summary>What delays the start, or null if all init containers have finished.</summary>
    private static string? InitText(Pod pod, HashSet<string> sidecars)
    {
        var statuses = pod.Status.InitContainerStatuses ?? [];
        for (var i = 0; i < statuses.Count; i++)
        {
            var (status, state) = (statuses[i], statuses[i].State);
            if (state.Terminated is { ExitCode: 0 }) continue;
            if (sidecars.Contains(status.Name) && status.Started == true) continue;
            if (state.Terminated is { } ended) return "Init:" + Ended(ended);
            if (state.Waiting?.Reason is { Length: > 0 } waiting and not "PodInitializing") return "Init:" + waiting;
            return $"Init:{i}/{pod.Spec.InitContainers?.Count ?? 0}";
        }

        return null;
    }

    private static string ContainerText(Pod pod, string reason)
    {
        var running = false;
        string? error = null;
        foreach (var status in (pod.Status.ContainerStatuses ?? []).Reverse())
        {
            if (status.State.Waiting?.Reason is { Length: > 0 } waiting)
            {
                reason = waiting;
            }
            else if (status.State.Terminated is { } ended)
            {
                reason = Ended(ended);
                if (ended.ExitCode != 0) error = reason;
            }
            else if (status.Ready && status.State.Running is not null)
            {
                running = true;
            }
        }

        if (reason != "Completed") return reason;
        if (running && pod.IsReady) return "Running";
        return error ?? (running ? "NotReady" : reason);
    }

    private static string Ended(ContainerTerminated ended) =>
        ended.Reason is { Length: > 0 } reason ? reason : ended.Signal != 0 ? $"Signal:{ended.Signal}" : $"ExitCode:{ended.ExitCode}";

    private static HashSet<string> SidecarNames(Pod pod) =>
        [.. (pod.Spec.InitContainers ?? []).Where(c => c.RestartPolicy == "Always").Select(c => c.Name)];
}
