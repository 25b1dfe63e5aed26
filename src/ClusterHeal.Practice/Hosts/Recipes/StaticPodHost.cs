using System.Text;
using ClusterHeal.Practice.ControlPlane.StandIns;

namespace ClusterHeal.Practice.Hosts.Recipes;

/// <summary>A host that runs static pods: the stand-in for a kubelet as <c>kubelet.service</c>, laid out as kubeadm does.</summary>
public static class StaticPodHost
{
    /// <summary>The folder of the manifests on the host.</summary>
    public const string Manifests = "/etc/kubernetes/manifests";

    /// <summary>The stand-ins with all that they need, by their paths on the hosts.</summary>
    public static IReadOnlyDictionary<string, string> SharedFiles => DotnetProgram.FilesOf(DotnetProgram.ControlPlane);

    /// <summary>Writes the stand-in for a kubelet to a host's disk, before it boots.</summary>
    public static void Install(PracticeHost host)
    {
        host.Disk.Write("/var/lib/kubelet/config.yaml", $"""
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            cgroupDriver: systemd
            fileCheckFrequency: 20s
            staticPodPath: {Manifests}

            """);
        Directory.CreateDirectory(host.Disk.PathOf(Manifests));
        // As with a real kubelet, stopping it stops no pod.
        host.Disk.EnableUnit("kubelet.service", $"""
            [Unit]
            Description=A stand-in for the kubelet of ClusterHeal's practice cluster
            After=network.target

            [Service]
            ExecStart=/usr/local/bin/kubelet --config=/var/lib/kubelet/config.yaml --hostname-override={host.Name}
            Restart=always
            RestartSec=10
            KillMode=process

            [Install]
            WantedBy=multi-user.target

            """);
        WriteProgram(host, "kubelet", KubeletStandIn.Command);
    }

    /// <summary>
    /// Writes a stand-in for a component of the control plane to a host's disk, with its manifest: a process with that name that answers
    /// <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c> over TLS, and nothing more.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="component"><c>kube-apiserver</c>, <c>kube-controller-manager</c> or <c>kube-scheduler</c>.</param>
    public static void InstallComponent(PracticeHost host, string component)
    {
        var port = ComponentStandIn.PortOf(component);
        WriteProgram(host, component, $"{ComponentStandIn.Command} {component}");
        host.Disk.WritePrivate($"{Manifests}/{component}.yaml", Manifest(
            component, [component, "--bind-address=0.0.0.0", $"--secure-port={port}"], ("k8s-certs", "/etc/kubernetes/pki")));
    }

    /// <summary>The text of a static pod's manifest with one container, as kubeadm writes it.</summary>
    public static string Manifest(string name, IEnumerable<string> command, params (string Name, string Path)[] volumes)
    {
        var text = new StringBuilder($"""
            apiVersion: v1
            kind: Pod
            metadata:
              creationTimestamp: null
              labels:
                component: {name}
                tier: control-plane
              name: {name}
              namespace: kube-system
            spec:
              containers:
              - command:

            """);
        foreach (var word in command) text.Append("    - ").Append(word).Append('\n');
        text.Append($"    image: practice/{name}\n    name: {name}\n    volumeMounts:\n");
        foreach (var (volume, path) in volumes) text.Append($"    - mountPath: {path}\n      name: {volume}\n");
        text.Append("  hostNetwork: true\n  priorityClassName: system-node-critical\n  volumes:\n");
        foreach (var (volume, path) in volumes)
        {
            text.Append($"  - hostPath:\n      path: {path}\n      type: DirectoryOrCreate\n    name: {volume}\n");
        }
        return text.Append("status: {}\n").ToString();
    }

    /// <summary>Writes to a host's disk a program that runs a command of the practice control plane under another name.</summary>
    internal static void WriteProgram(PracticeHost host, string name, string command) => host.Disk.WriteExecutable(
        $"/usr/local/bin/{name}",
        $"#!/bin/bash\nexec -a {name} {DotnetProgram.HostCommand(DotnetProgram.ControlPlane)} {command} \"$@\"\n");
}
