using System.Text.Json.Nodes;

namespace ClusterHeal.Kubernetes;

/// <summary>The taint for a node that is certainly off: its pods are deleted by force, and their volumes are detached at once.</summary>
internal static class OutOfService
{
    /// <summary>The taint's key.</summary>
    public const string Key = "node.kubernetes.io/out-of-service";

    /// <summary>Sets it. If the node has changed since it was read, nothing is done.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="node">The node, as it was read.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KubernetesException">It was refused, or the node has changed.</exception>
    public static async Task MarkAsync(KubernetesClient client, Node node, CancellationToken cancellationToken)
    {
        var taints = node.Spec.Taints ?? [];
        if (taints.Any(t => t.Key == Key)) return;
        var list = new JsonArray([.. taints.Append(new Taint { Key = Key, Value = "nodeshutdown", Effect = "NoExecute" }).Select(Json)]);
        var patch = new JsonObject
        {
            // A patch replaces the whole list. If somebody has changed it since, that change must not be lost.
            ["metadata"] = new JsonObject { ["resourceVersion"] = node.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["taints"] = list },
        };
        await client.PatchNodeAsync(node.Metadata.Name, patch.ToJsonString(), cancellationToken).ConfigureAwait(false);
    }

    private static JsonObject Json(Taint taint)
    {
        var json = new JsonObject { ["key"] = taint.Key, ["effect"] = taint.Effect };
        if (!string.IsNullOrEmpty(taint.Value)) json["value"] = taint.Value;
        if (taint.TimeAdded is { } added) json["timeAdded"] = added.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return json;
    }
}
