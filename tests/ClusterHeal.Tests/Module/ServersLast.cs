using ClusterHeal.Tests.Module;

[assembly: TestCollectionOrderer(typeof(ServersLast))]

namespace ClusterHeal.Tests.Module;

/// <summary>
/// Begins with what needs no servers, since hosts and clusters, once started, take the processor from all others. Of that the files of Pester and the
/// Windows lane take longest.
/// </summary>
public sealed class ServersLast() : CollectionOrder(
    [typeof(PesterTests).FullName!, "Windows"],
    [
        typeof(EtcdPesterTests).FullName!, typeof(ControlPlanePesterTests).FullName!, typeof(HostPesterTests).FullName!, typeof(ClusterPesterTests).FullName!,
    ]);
