using ClusterHeal.Practice.ControlPlane;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Practice.Clusters;

/// <summary>
/// Writes what makes a host a node to its disk: a kubelet and a container runtime that runs nothing, as <c>kubelet.service</c> and
/// <c>containerd.service</c>, on a worker a kube-proxy as well.
/// </summary>
/// <param name="options">The cluster's options.</param>
/// <param name="pki">Its certificates.</param>
internal sealed class NodeRecipe(PracticeClusterOptions options, ClusterPki pki)
{
    private const string Config = "/var/lib/kubelet/config.yaml";
    private const string RuntimeFolder = "containerd";
    private const string ProxyConfig = "/var/lib/kube-proxy/kubeconfig.conf";

    /// <summary>Makes a control-plane host a node that takes no pods of users and runs its static pods.</summary>
    public void InstallOnMaster(PracticeHost host, string entry) => InstallKubelet(
        host,
        entry,
        "--node-labels=node-role.kubernetes.io/control-plane=",
        "--register-with-taints=node-role.kubernetes.io/control-plane=:NoSchedule",
        "--practice-run-static-pods=true");

    /// <summary>Makes a host a worker.</summary>
    public void InstallOnWorker(PracticeHost host, string entry)
    {
        InstallKubelet(host, entry);
        host.Disk.WritePrivate(ProxyConfig, pki.Kubeconfig($"https://{entry}:6443", "system:kube-proxy", null));
        StaticPodHost.WriteProgram(host, "kube-proxy", "proxy");
        host.Disk.EnableUnit("kube-proxy.service", Unit(
            "kube-proxy", $"/usr/local/bin/kube-proxy --kubeconfig={ProxyConfig} --hostname-override={host.Name}", ""));
    }

    private void InstallKubelet(PracticeHost host, string entry, params string[] flags)
    {
        var beat = options.NodeMonitorGracePeriod / 5;
        host.Disk.Write(Config, $"""
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            cgroupDriver: systemd
            containerRuntimeEndpoint: unix:///run/{RuntimeFolder}/containerd.sock
            fileCheckFrequency: 20s
            nodeLeaseDurationSeconds: {Math.Max(1, (int)(beat.TotalSeconds * 4))}
            nodeStatusUpdateFrequency: {Flags.Seconds(beat)}
            port: 10250
            staticPodPath: {StaticPodHost.Manifests}

            """);
        // The real server's node authorizer hides from a node what the practice kubelet looks at beyond a kubelet's own needs.
        var client = pki.WriteKubelet(host, options.KubernetesAssets is null ? "system:nodes" : ClusterPki.Masters);
        host.Disk.WritePrivate(
            "/etc/kubernetes/kubelet.conf",
            ComponentKubeconfig.TextWithFile($"https://{entry}:6443", pki.AuthorityPem, $"system:node:{host.Name}", client));
        Directory.CreateDirectory(host.Disk.PathOf(StaticPodHost.Manifests));
        StaticPodHost.WriteProgram(host, "kubelet", "kubelet");
        string[] command =
        [
            "/usr/local/bin/kubelet", "--kubeconfig=/etc/kubernetes/kubelet.conf", $"--config={Config}",
            $"--hostname-override={host.Name}", $"--node-ip={host.Address}", "--practice-serve-node-ports=false", .. flags,
        ];
        host.Disk.EnableUnit("containerd.service", Unit("containerd", "/bin/sleep infinity", $"RuntimeDirectory={RuntimeFolder}\n"));
        // As with a real kubelet, stopping it stops no pod.
        host.Disk.EnableUnit("kubelet.service", Unit("kubelet", string.Join(' ', command), "KillMode=process\n"));
    }

    private static string Unit(string name, string command, string more) => $"""
        [Unit]
        Description={name} of a practice cluster
        After=network.target
        StartLimitIntervalSec=0

        [Service]
        ExecStart={command}
        Restart=always
        RestartSec=2
        {more}
        [Install]
        WantedBy=multi-user.target

        """;
}
