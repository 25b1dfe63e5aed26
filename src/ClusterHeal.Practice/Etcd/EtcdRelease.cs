namespace ClusterHeal.Practice.Etcd;

/// <summary>The releases of etcd that Debian has.</summary>
public enum EtcdRelease
{
    /// <summary>3.4, from Debian 12.</summary>
    V34,

    /// <summary>3.5, from Debian 13.</summary>
    V35,
}
