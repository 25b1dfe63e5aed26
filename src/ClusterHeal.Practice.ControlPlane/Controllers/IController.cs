using ClusterHeal.Practice.ControlPlane.Client;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Brings one kind of thing from how it is to how it should be. It looks at everything each time and remembers nothing.</summary>
internal interface IController
{
    /// <summary>Does what is necessary now.</summary>
    Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken);
}
