using ClusterHeal.Practice.ControlPlane.Client;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Brings objects of one kind from their state to the wanted one. It looks at everything each time and remembers nothing.</summary>
internal interface IController
{
    /// <summary>Does what is necessary now.</summary>
    Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken);
}
