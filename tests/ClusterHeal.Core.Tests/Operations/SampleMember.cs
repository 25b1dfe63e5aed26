using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Operations;

/// <summary>A member of etcd on a host on which everything is as it should be.</summary>
internal static class SampleMember
{
    public static MemberFacts Facts { get; } = new()
    {
        IsRoot = true,
        HasData = true,
        DataObstacle = null,
        FreeBytes = 1L << 40,
        MemberIsMount = false,
        WalIsMount = false,
        WalPlace = WalPlace.Default,
        HasTools = true,
        Version = new Version(3, 5),
        OpenDatabase = "same",
        Addresses = ["10.0.0.11"],
        Restores = [],
    };

    public static EtcdConfiguration Configuration(string name, string clientUrl = "http://10.0.0.11:2379", string peerUrl = "http://10.0.0.11:2380") => new()
    {
        Path = "/etc/etcd/etcd.conf",
        Form = EtcdConfigurationForm.Unit,
        Name = name,
        DataDirectory = "/var/lib/etcd",
        ListenClientUrls = [clientUrl],
        AdvertiseClientUrls = [clientUrl],
        ListenPeerUrls = [peerUrl],
        InitialAdvertisePeerUrls = [peerUrl],
        InitialCluster = $"{name}={peerUrl}",
        InitialClusterToken = "etcd-cluster",
        InitialClusterState = "new",
        Endpoint = [clientUrl],
    };

    /// <summary>A host, as a survey finds it. It is this machine.</summary>
    public static FoundHost Found(EtcdConfiguration configuration) => new(
        HostShell.OpenLocal(new HostConnection { HostName = configuration.Name }),
        [new ComponentStatus { HostName = configuration.Name, Component = ClusterComponent.Etcd, State = ComponentState.Running, UnitName = "etcd.service" }],
        configuration,
        Facts);

    /// <summary>The host of a member of a real etcd.</summary>
    public static FoundHost Found(LocalEtcdMember member) => Found(Configuration(member.Name, member.ClientUrl, member.PeerUrl));
}
