namespace ClusterHeal.Hosts;

/// <summary>
/// kubespray: the control plane as kubeadm makes it, and etcd beside it as a unit. Its variables (<c>/etc/etcd.env</c>) say where its certificates are.
/// </summary>
internal static class Kubespray
{
    public static Distribution Layout { get; } = Kubeadm.Layout with
    {
        Name = "kubespray",
        Units = new Dictionary<ClusterComponent, string[]>(Kubeadm.Layout.Units) { [ClusterComponent.Etcd] = ["etcd.service"] },
    };
}
