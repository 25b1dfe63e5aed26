namespace ClusterHeal.Hosts;

/// <summary>
/// What a distribution of Kubernetes looks like on its hosts: the names that are looked for if the hosts do not say. The flags of the components and
/// of the kubelet come first.
/// </summary>
/// <param name="Name">Its common name.</param>
internal sealed record Distribution(string Name)
{
    /// <summary>The units that run components, the usual one of each first.</summary>
    public IReadOnlyDictionary<ClusterComponent, string[]> Units { get; init; } = new Dictionary<ClusterComponent, string[]>();

    /// <summary>The folder in which the kubelet finds the manifests of static pods; null if this distribution has none.</summary>
    public string? ManifestFolder { get; init; }

    /// <summary>The certificates of its authorities. The key of each is beside it.</summary>
    public string[] Authorities { get; init; } = [];

    /// <summary>The client certificate for etcd of probes and people, without <c>.crt</c> and <c>.key</c>; null if there is none.</summary>
    public string? EtcdClient { get; init; }

    /// <summary>The kubeconfigs of its administrator.</summary>
    public string[] AdminKubeconfigs { get; init; } = [];

    /// <summary>The kubeconfigs of an administrator with all rights, whatever RBAC says.</summary>
    public string[] SuperAdminKubeconfigs { get; init; } = [];

    /// <summary>The folder of the kubelet. This, and the two that follow, are the kubelet's own defaults.</summary>
    public string KubeletFolder { get; init; } = "/var/lib/kubelet";

    /// <summary>The client certificate of the kubelet for the API server.</summary>
    public string KubeletClientCertificate { get; init; } = "/var/lib/kubelet/pki/kubelet-client-current.pem";

    /// <summary>The kubelet's server certificate, if it signs it itself.</summary>
    public string KubeletServerCertificate { get; init; } = "/var/lib/kubelet/pki/kubelet.crt";
}
