namespace ClusterHeal.Hosts;

/// <summary>
/// kubespray: the control plane as kubeadm makes it, and etcd beside it as a unit, whose variables (<c>/etc/etcd.env</c>) say where its certificates lie.
/// </summary>
internal static class Kubespray
{
    /// <summary>What it looks like.</summary>
    public static Distribution Layout { get; } = Kubeadm.Layout with
    {
        Name = "kubespray",
        Units = new Dictionary<ClusterComponent, string[]>(Kubeadm.Layout.Units) { [ClusterComponent.Etcd] = ["etcd.service"] },
    };
}
