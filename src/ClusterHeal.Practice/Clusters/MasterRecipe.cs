using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Practice.Clusters;

/// <summary>Writes a control plane to a host's disk: as units, or as static pods under a kubelet, with the files of kubeadm.</summary>
/// <param name="options">The cluster's options.</param>
/// <param name="pki">Its certificates.</param>
/// <param name="flags">Its command lines.</param>
internal sealed class MasterRecipe(PracticeClusterOptions options, ClusterPki pki, ComponentFlags flags)
{
    private const string Home = "/etc/kubernetes";

    /// <summary>Writes it, before the host boots.</summary>
    /// <param name="host">The host.</param>
    /// <param name="entry">The address of the entry to all API servers.</param>
    public void Install(PracticeHost host, string entry)
    {
        WriteCertificates(host, entry, notAfter: null);
        Run("kube-apiserver", "apiserver", flags.ApiServer(host), ("k8s-certs", ClusterPki.Folder));
        Run("kube-controller-manager", "controller-manager", flags.ControllerManager(),
            ("k8s-certs", ClusterPki.Folder), ("kubeconfig", $"{Home}/controller-manager.conf"));
        Run("kube-scheduler", "scheduler", flags.Scheduler(), ("kubeconfig", $"{Home}/scheduler.conf"));

        void Run(string program, string command, IEnumerable<string> arguments, params (string Name, string Path)[] volumes)
        {
            if (options.KubernetesAssets is null) StaticPodHost.WriteProgram(host, program, command);
            if (options.Form == EtcdForm.StaticPod)
            {
                var manifest = StaticPodHost.Manifest(program, [program, .. arguments], volumes);
                host.Disk.WritePrivate($"{StaticPodHost.Manifests}/{program}.yaml", manifest);
                return;
            }
            host.Disk.EnableUnit($"{program}.service", Unit(program, arguments));
        }
    }

    /// <summary>Writes the certificates and kubeconfigs of a control plane to a host's disk, over those that are there.</summary>
    /// <param name="host">The host.</param>
    /// <param name="entry">The address of the entry to all API servers.</param>
    /// <param name="notAfter">Until when they are valid; a year if not given.</param>
    public void WriteCertificates(PracticeHost host, string entry, DateTimeOffset? notAfter)
    {
        string[] names =
        [
            host.Name, "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
            "10.96.0.1", host.Address, entry, "127.0.0.1",
        ];
        pki.WriteMaster(host.Disk, names, notAfter);
        // The administrator's goes through the load balancer, the components' own to the API server beside them.
        WriteConfig("admin", $"https://{entry}:6443", "kubernetes-admin", ClusterPki.Masters);
        WriteConfig("controller-manager", $"https://{host.Address}:6443", "system:kube-controller-manager", null);
        WriteConfig("scheduler", $"https://{host.Address}:6443", "system:kube-scheduler", null);

        void WriteConfig(string name, string server, string user, string? group) =>
            host.Disk.WritePrivate($"{Home}/{name}.conf", pki.Kubeconfig(server, user, group, notAfter));
    }

    private static string Unit(string program, IEnumerable<string> arguments) => $"""
        [Unit]
        Description={program} of a practice cluster
        After=network.target
        StartLimitIntervalSec=0

        [Service]
        ExecStart=/usr/local/bin/{program} \
          {string.Join(" \\\n  ", arguments)}
        Restart=on-failure
        RestartSec=2

        [Install]
        WantedBy=multi-user.target

        """;
}
