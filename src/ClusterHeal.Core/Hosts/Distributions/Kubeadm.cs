namespace ClusterHeal.Hosts;

/// <summary>kubeadm: the control plane and etcd are static pods of the kubelet, which is a unit.</summary>
internal static class Kubeadm
{
    private const string Folder = "/etc/kubernetes";

    public static Distribution Layout { get; } = new("kubeadm")
    {
        Units = new Dictionary<ClusterComponent, string[]>
        {
            [ClusterComponent.Kubelet] = ["kubelet.service"],
            [ClusterComponent.ContainerRuntime] = ["containerd.service", "crio.service", "docker.service"],
        },
        ManifestFolder = $"{Folder}/manifests",
        Authorities = [$"{Folder}/pki/ca.crt", $"{Folder}/pki/front-proxy-ca.crt", $"{Folder}/pki/etcd/ca.crt"],
        EtcdClient = $"{Folder}/pki/etcd/healthcheck-client",
        AdminKubeconfigs = [$"{Folder}/admin.conf"],
        SuperAdminKubeconfigs = [$"{Folder}/super-admin.conf"],
    };
}
