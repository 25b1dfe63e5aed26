using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>A component of a host that gets new certificates and is restarted with them, or the files of a host that no component uses.</summary>
/// <param name="Host">The host.</param>
/// <param name="Component">The component; null for the files that none uses.</param>
/// <param name="Files">The files that it uses first.</param>
internal sealed record RenewalGroup(RenewalHostGround Host, ComponentStatus? Component, IReadOnlyList<RenewedFile> Files)
{
    /// <summary>Its name on the host.</summary>
    public string Name => Component is null ? "files" : ComponentDefinition.Of(Component.Component).Key;

    /// <summary>Its name for people.</summary>
    public string Title => Component is null ? $"the files of {Host.Shell.HostName}" : $"{Component.Component} on {Host.Shell.HostName}";

    /// <summary>True for a member of etcd.</summary>
    public bool IsEtcd => Component?.Component == ClusterComponent.Etcd;

    /// <summary>True for an API server.</summary>
    public bool IsApiServer => Component?.Component == ClusterComponent.ApiServer;

    /// <summary>
    /// The groups of all hosts in the order of the renewal: all members of etcd, those that do not serve first, then all API servers, then the rest.
    /// A stopped component stays stopped, and finds its new files when it is started.
    /// </summary>
    public static IReadOnlyList<RenewalGroup> Of(IReadOnlyList<RenewalHostGround> hosts, IReadOnlyList<RenewedFile> files)
    {
        var groups = new List<RenewalGroup>();
        var order = ComponentDefinition.ControlPlane.ToList();
        foreach (var host in hosts)
        {
            var own = files.Where(file => file.Former.HostName == host.Shell.HostName).ToList();
            var running = host.ControlPlane.Where(component => component.State != ComponentState.Stopped).OrderBy(component => order.IndexOf(component.Component));
            foreach (var component in running.Where(component => own.Any(file => file.Former.UsedBy.Contains(component.Component))).ToArray())
            {
                var first = own.Where(file => file.Former.UsedBy.Contains(component.Component)
                    && groups.All(group => !group.Files.Contains(file))).ToArray();
                groups.Add(new RenewalGroup(host, component, first));
            }

            var rest = own.Where(file => groups.All(group => !group.Files.Contains(file))).ToArray();
            if (rest.Length > 0) groups.Add(new RenewalGroup(host, null, rest));
        }

        return
        [
            .. groups.OrderBy(group => group.Component?.Component switch { ClusterComponent.Etcd => 0, ClusterComponent.ApiServer => 1, null => 3, _ => 2 })
                .ThenBy(group => group.IsEtcd && group.Host.EtcdServes),
        ];
    }
}
