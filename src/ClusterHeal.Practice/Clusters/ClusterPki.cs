using System.Security.Cryptography;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Practice.Clusters;

/// <summary>
/// The authorities of a practice cluster and what they issue, in the places where kubeadm puts it. The authorities' own keys are on no
/// host, as with kubeadm and an external authority, unless they are laid there.
/// </summary>
/// <param name="etcd">The authority of the cluster's etcd.</param>
internal sealed class ClusterPki(CertificateAuthority etcd) : IDisposable
{
    /// <summary>The folder on the control-plane hosts.</summary>
    public const string Folder = "/etc/kubernetes/pki";

    /// <summary>The group that may do everything.</summary>
    public const string Masters = "system:masters";

    private readonly CertificateAuthority _cluster = CertificateAuthority.Create("kubernetes");
    private readonly CertificateAuthority _frontProxy = CertificateAuthority.Create("front-proxy-ca");
    private readonly (string Private, string Public) _serviceAccountKey = MakeServiceAccountKey();

    /// <summary>The certificate of the cluster's authority.</summary>
    public string AuthorityPem => _cluster.CertificatePem;

    /// <summary>Writes what an API server needs to a host's disk.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="serverNames">The names and addresses by which the API server is called.</param>
    /// <param name="notAfter">Until when the certificates are valid; a year if not given.</param>
    public void WriteMaster(HostDisk disk, IEnumerable<string> serverNames, DateTimeOffset? notAfter)
    {
        disk.Write($"{Folder}/ca.crt", _cluster.CertificatePem);
        disk.Write($"{Folder}/front-proxy-ca.crt", _frontProxy.CertificatePem);
        Write(disk, "apiserver", _cluster.Issue("kube-apiserver", serverNames, notAfter: notAfter));
        Write(disk, "apiserver-kubelet-client", _cluster.Issue("kube-apiserver-kubelet-client", [], Masters, notAfter: notAfter));
        Write(disk, "apiserver-etcd-client", etcd.Issue("kube-apiserver-etcd-client", [], Masters, notAfter: notAfter));
        Write(disk, "front-proxy-client", _frontProxy.Issue("front-proxy-client", [], notAfter: notAfter));
        disk.WritePrivate($"{Folder}/sa.key", _serviceAccountKey.Private);
        disk.Write($"{Folder}/sa.pub", _serviceAccountKey.Public);
    }

    /// <summary>Writes the keys of the authorities to a host's disk, beside their certificates.</summary>
    public void WriteAuthorityKeys(HostDisk disk, string etcdFolder)
    {
        disk.WritePrivate($"{Folder}/ca.key", _cluster.KeyPem);
        disk.WritePrivate($"{Folder}/front-proxy-ca.key", _frontProxy.KeyPem);
        disk.WritePrivate($"{etcdFolder}/ca.key", etcd.KeyPem);
    }

    /// <summary>Writes a kubelet's certificates to a host's disk.</summary>
    /// <param name="host">The host.</param>
    /// <param name="group">Its group, which is <c>system:nodes</c> unless it is a stand-in that looks at more than a kubelet may.</param>
    /// <returns>The path of the file with the client's certificate and key.</returns>
    public string WriteKubelet(PracticeHost host, string group)
    {
        const string Place = "/var/lib/kubelet/pki";
        var serving = _cluster.Issue(host.Name, [host.Name, host.Address]);
        host.Disk.Write($"{Place}/kubelet.crt", serving.CertificatePem);
        host.Disk.WritePrivate($"{Place}/kubelet.key", serving.KeyPem);
        var client = _cluster.Issue($"system:node:{host.Name}", [], group);
        host.Disk.WritePrivate($"{Place}/kubelet-client-current.pem", client.CertificatePem + client.KeyPem);
        return $"{Place}/kubelet-client-current.pem";
    }

    /// <summary>The text of a kubeconfig with a new certificate in it.</summary>
    public string Kubeconfig(string server, string user, string? group, DateTimeOffset? notAfter = null)
    {
        var certificate = _cluster.Issue(user, [], group, notAfter: notAfter);
        return ControlPlane.Client.ComponentKubeconfig.Text(server, _cluster.CertificatePem, user, certificate.CertificatePem, certificate.KeyPem);
    }

    /// <summary>Removes the keys from memory.</summary>
    public void Dispose()
    {
        _cluster.Dispose();
        _frontProxy.Dispose();
    }

    private static void Write(HostDisk disk, string name, IssuedCertificate issued)
    {
        disk.Write($"{Folder}/{name}.crt", issued.CertificatePem);
        disk.WritePrivate($"{Folder}/{name}.key", issued.KeyPem);
    }

    private static (string Private, string Public) MakeServiceAccountKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (key.ExportECPrivateKeyPem() + "\n", key.ExportSubjectPublicKeyInfoPem() + "\n");
    }
}
