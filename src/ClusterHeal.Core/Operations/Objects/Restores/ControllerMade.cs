namespace ClusterHeal.Operations;

/// <summary>Objects that are not restored, because a controller creates them again, or because they must not run a second time.</summary>
internal static class ControllerMade
{
    /// <summary>
    /// Kinds that the controller of another object creates again. For other kinds, such as a Secret that an operator owns, only the old object has
    /// the content.
    /// </summary>
    private static readonly HashSet<string> Kinds = ["pods", "replicasets", "replicationcontrollers", "controllerrevisions", "jobs", "endpointslices"];

    private static readonly Dictionary<string, string[]> Managers = new()
    {
        ["endpointslice.kubernetes.io/managed-by"] = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"],
        ["endpoints.kubernetes.io/managed-by"] = ["endpoint-controller"],
    };

    /// <summary>Why an object is left out, as a sentence; null if it is not.</summary>
    /// <param name="restored">The object.</param>
    /// <param name="isThereAsync">Whether an object exists, or will be restored, too.</param>
    public static async Task<string?> ReasonAsync(RestoredObject restored, Func<EtcdSnapshotOwner, Task<bool>> isThereAsync)
    {
        if (restored is { Resource: "configmaps", Name: "kube-root-ca.crt" }) return "The controller manager makes it in each namespace.";
        if (Kinds.Contains(restored.Resource) && restored.Metadata.Owners.Find(owner => owner.IsController) is { } controller && await isThereAsync(controller).ConfigureAwait(false))
            return $"{controller} makes it.";
        if (restored.IsFinished) return "It has run to its end, and would run a second time.";
        foreach (var (label, managers) in Managers)
        {
            if (restored.Metadata.Labels.TryGetValue(label, out var manager) && managers.Contains(manager)) return $"{manager} makes it.";
        }

        return null;
    }
}
