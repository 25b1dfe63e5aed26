namespace ClusterHeal.Tests.Module;

/// <summary>The servers that a Pester file needs.</summary>
internal enum PesterServers
{
    None,
    Etcd,
    ControlPlane,
    Hosts,
    Cluster,
}
