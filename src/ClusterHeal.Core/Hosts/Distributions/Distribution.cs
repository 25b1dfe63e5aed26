namespace ClusterHeal.Hosts;

/// <summary>
/// What a distribution of Kubernetes looks like on its hosts: by which names its parts are looked for if the hosts do not say. What the flags of the
/// components and of the kubelet say counts more.
/// </summary>
/// <param name="Name">What people call it.</param>
internal sealed record Distribution(string Name)
{
    /// <summary>The units that run components, the usual one of each first.</summary>
    public IReadOnlyDictionary<ClusterComponent, string[]> Units { get; init; } = new Dictionary<ClusterComponent, string[]>();

    /// <summary>The folder in which the kubelet finds the manifests of static pods; null if this distribution has none.</summary>
    public string? ManifestFolder { get; init; }

    /// <summary>The certificates of its authorities. The key of each lies beside it.</summary>
    public string[] Authorities { get; init; } = [];

    /// <summary>The certificate with which probes and people ask etcd, without <c>.crt</c> and <c>.key</c>; null if there is none.</summary>
    public string? EtcdClient { get; init; }

    /// <summary>The kubeconfigs of its administrator.</summary>
    public string[] AdminKubeconfigs { get; init; } = [];

    /// <summary>The kubeconfigs of an administrator whom no rule of authorization binds.</summary>
    public string[] SuperAdminKubeconfigs { get; init; } = [];

    /// <summary>The folder of the kubelet. This, and the two that follow, are the kubelet's own defaults.</summary>
    public string KubeletFolder { get; init; } = "/var/lib/kubelet";

    /// <summary>The certificate by which the kubelet is a client of the API server.</summary>
    public string KubeletClientCertificate { get; init; } = "/var/lib/kubelet/pki/kubelet-client-current.pem";

    /// <summary>The certificate that the kubelet shows, if it signs it itself.</summary>
    public string KubeletServerCertificate { get; init; } = "/var/lib/kubelet/pki/kubelet.crt";
}
