using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Puts pods on nodes. A pod stays on its node.</summary>
internal static class Bindings
{
    /// <summary>Binds a pod to the node that the body names.</summary>
    /// <exception cref="ApiFault">The pod is on a node already, or is being deleted.</exception>
    public static async Task<JsonObject> BindAsync(
        ObjectService objects, ApiPath path, JsonObject binding, bool dryRun, CancellationToken cancellationToken)
    {
        var node = binding.Text("target", "name") ?? throw ApiFault.BadRequest("target.name: Required value");
        await objects.UpdateAsync(
            path,
            pod =>
            {
                if (pod.Deleting())
                {
                    throw ApiFault.Conflict(ResourceKinds.Pods, pod.Name(),
                        $"pod {pod.Name()} is being deleted, cannot be assigned to a host");
                }
                if (pod.Text("spec", "nodeName") is { Length: > 0 } taken)
                {
                    throw ApiFault.Conflict(ResourceKinds.Pods, pod.Name(), $"pod {pod.Name()} is already assigned to node \"{taken}\"");
                }
                pod.Spec()["nodeName"] = node;
                pod.SetCondition("PodScheduled", "True", null, null, TimeProvider.System.GetUtcNow());
                pod.Condition("PodScheduled")!["lastProbeTime"] = null;
                return pod;
            },
            dryRun,
            cancellationToken);
        return new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201,
        };
    }
}
