using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using k8s.Models;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>Shows the pods of a folder of manifests to the API, as mirror pods: deleting those changes nothing on the node.</summary>
internal sealed class StaticPods(KubeletOptions options)
{
    private const string Mirror = "kubernetes.io/config.mirror";

    /// <summary>Creates mirror pods that are missing and deletes those whose manifest is gone or was changed.</summary>
    public async Task SyncAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var wanted = Read().ToDictionary(pod => $"{pod.Namespace()}/{pod.Name()}");
        var present = cluster.All(ResourceKinds.Pods)
            .Where(pod => pod.Text("spec", "nodeName") == options.NodeName && pod.Annotation(Mirror) is not null).ToArray();
        foreach (var pod in present.Where(pod =>
            !pod.Deleting() && wanted.GetValueOrDefault($"{pod.Namespace()}/{pod.Name()}")?.Annotation(Mirror) != pod.Annotation(Mirror)))
        {
            await cluster.DeleteAsync(ResourceKinds.Pods, pod, cancellationToken, new V1DeleteOptions { GracePeriodSeconds = 0 });
        }

        var names = present.Select(pod => $"{pod.Namespace()}/{pod.Name()}").ToHashSet();
        foreach (var pod in wanted.Where(pair => !names.Contains(pair.Key)).Select(pair => pair.Value))
        {
            await cluster.CreateAsync(ResourceKinds.Pods, pod, cancellationToken);
        }
    }

    private IEnumerable<JsonObject> Read()
    {
        if (options.ManifestFolder is not { } folder || !Directory.Exists(folder)) yield break;
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.'))
            .Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllText(file);
            foreach (var pod in Yaml.Read(text).Where(pod => pod.Kind() == "Pod"))
            {
                var meta = pod.Metadata();
                meta["name"] = $"{pod.Name()}-{options.NodeName}";
                meta.Default("namespace", "default");
                var hash = Hash(text);
                var annotations = meta.Child("annotations");
                annotations[Mirror] = hash;
                annotations["kubernetes.io/config.hash"] = hash;
                annotations["kubernetes.io/config.source"] = "file";
                pod.Spec()["nodeName"] = options.NodeName;
                yield return pod;
            }
        }
    }

    /// <summary>As long as the hashes that real kubelets write.</summary>
    private static string Hash(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)).ToLowerInvariant();
}
