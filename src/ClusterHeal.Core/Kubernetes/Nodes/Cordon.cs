namespace ClusterHeal.Kubernetes;

/// <summary>Sets whether new pods may be placed on a node.</summary>
internal static class Cordon
{
    /// <summary>
    /// A merge patch without a resource version cannot conflict, and a second one changes nothing. Null removes the field, as <c>kubectl uncordon</c> does.
    /// </summary>
    public static Task<Node> SetAsync(KubernetesClient client, string name, bool schedulable, CancellationToken cancellationToken)
    {
        var patch = schedulable ? """{"spec":{"unschedulable":null}}""" : """{"spec":{"unschedulable":true}}""";
        return client.PatchNodeAsync(name, patch, cancellationToken);
    }
}
