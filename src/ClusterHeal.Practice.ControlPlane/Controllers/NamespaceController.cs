using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Empties namespaces that are being deleted, and gives each living one its default service account.</summary>
internal sealed class NamespaceController : IController
{
    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var ns in cluster.All(ResourceKinds.Namespaces))
        {
            if (ns.Deleting()) await EmptyAsync(cluster, ns, cancellationToken);
            else await CompleteAsync(cluster, ns, cancellationToken);
        }
    }

    private static async Task CompleteAsync(Cluster cluster, JsonObject ns, CancellationToken cancellationToken)
    {
        if (cluster.State.Find(ResourceKinds.ServiceAccounts, ns.Name(), "default") is not null) return;
        var account = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default", ["namespace"] = ns.Name() } };
        await cluster.CreateAsync(ResourceKinds.ServiceAccounts, account, cancellationToken);
    }

    private static async Task EmptyAsync(Cluster cluster, JsonObject ns, CancellationToken cancellationToken)
    {
        var left = 0;
        foreach (var kind in ResourceKinds.InNamespaces)
        {
            var (objects, _) = await cluster.Api.ListAsync(kind, null, cancellationToken);
            foreach (var o in objects.Where(o => o.Namespace() == ns.Name()))
            {
                left++;
                if (!o.Deleting()) await cluster.DeleteAsync(kind, o, cancellationToken);
            }
        }
        if (left > 0) return;
        await cluster.ChangeAsync(
            ResourceKinds.Namespaces, ns, "finalize", o => o.Spec().Remove("finalizers"), cancellationToken);
    }
}
