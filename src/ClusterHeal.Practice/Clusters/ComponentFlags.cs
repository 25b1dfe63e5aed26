using ClusterHeal.Practice.ControlPlane;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Practice.Clusters;

/// <summary>The command lines of the control plane, as kubeadm writes them, with the times of the practice cluster.</summary>
/// <param name="options">The cluster's options.</param>
/// <param name="etcdCaFile">The certificate of etcd's authority on each host.</param>
internal sealed class ComponentFlags(PracticeClusterOptions options, string etcdCaFile)
{
    private const string Pki = ClusterPki.Folder;

    /// <summary>The API server of a host; it asks the member of etcd beside it.</summary>
    public IEnumerable<string> ApiServer(PracticeHost host) =>
    [
        $"--advertise-address={host.Address}",
        "--allow-privileged=true",
        "--authorization-mode=Node,RBAC",
        $"--client-ca-file={Pki}/ca.crt",
        $"--default-not-ready-toleration-seconds={options.TolerationSeconds}",
        $"--default-unreachable-toleration-seconds={options.TolerationSeconds}",
        "--enable-admission-plugins=NodeRestriction",
        $"--etcd-cafile={etcdCaFile}",
        $"--etcd-certfile={Pki}/apiserver-etcd-client.crt",
        $"--etcd-keyfile={Pki}/apiserver-etcd-client.key",
        "--etcd-servers=https://127.0.0.1:2379",
        $"--kubelet-client-certificate={Pki}/apiserver-kubelet-client.crt",
        $"--kubelet-client-key={Pki}/apiserver-kubelet-client.key",
        $"--proxy-client-cert-file={Pki}/front-proxy-client.crt",
        $"--proxy-client-key-file={Pki}/front-proxy-client.key",
        "--requestheader-allowed-names=front-proxy-client",
        $"--requestheader-client-ca-file={Pki}/front-proxy-ca.crt",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        "--secure-port=6443",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        $"--service-account-key-file={Pki}/sa.pub",
        $"--service-account-signing-key-file={Pki}/sa.key",
        "--service-cluster-ip-range=10.96.0.0/12",
        $"--tls-cert-file={Pki}/apiserver.crt",
        $"--tls-private-key-file={Pki}/apiserver.key",
    ];

    public IEnumerable<string> ControllerManager()
    {
        string[] flags =
        [
            "--allocate-node-cidrs=true",
            .. Elected("/etc/kubernetes/controller-manager.conf"),
            $"--client-ca-file={Pki}/ca.crt",
            "--cluster-cidr=10.244.0.0/16",
            "--cluster-name=practice",
            $"--node-monitor-grace-period={Flags.Seconds(options.NodeMonitorGracePeriod)}",
            "--node-monitor-period=1s",
            $"--requestheader-client-ca-file={Pki}/front-proxy-ca.crt",
            $"--root-ca-file={Pki}/ca.crt",
            "--secure-port=10257",
            $"--service-account-private-key-file={Pki}/sa.key",
            "--service-cluster-ip-range=10.96.0.0/12",
            "--use-service-account-credentials=true",
        ];
        return options.KubernetesAssets is not null ? flags : [.. flags, "--practice-pod-gc-period=2s", "--practice-orphan-patience=5s"];
    }

    public IEnumerable<string> Scheduler() => [.. Elected("/etc/kubernetes/scheduler.conf"), "--secure-port=10259"];

    private IEnumerable<string> Elected(string kubeconfig)
    {
        var duration = options.LeaseDuration;
        return
        [
            $"--authentication-kubeconfig={kubeconfig}",
            $"--authorization-kubeconfig={kubeconfig}",
            "--bind-address=127.0.0.1",
            $"--kubeconfig={kubeconfig}",
            "--leader-elect=true",
            $"--leader-elect-lease-duration={Flags.Seconds(duration)}",
            $"--leader-elect-renew-deadline={Flags.Seconds(duration * 2 / 3)}",
            $"--leader-elect-retry-period={Flags.Seconds(duration / 9)}",
        ];
    }
}
