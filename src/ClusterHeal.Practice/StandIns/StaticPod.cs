using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace ClusterHeal.Practice.StandIns;

/// <summary>What the stand-in for a kubelet reads of a manifest: a pod with one container.</summary>
/// <param name="Name">The pod's name, to which a kubelet adds the node's.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Container">The name of its container.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="GracePeriod">How long it may take to end.</param>
/// <param name="Uid">Another one for every other text, so that a manifest that was changed is another pod, as with a kubelet.</param>
internal sealed record StaticPod(string Name, string Namespace, string Container, string[] Command, TimeSpan GracePeriod, string Uid)
{
    /// <summary>The slice of systemd in which a kubelet puts such a pod.</summary>
    public string Slice => $"kubepods-burstable-pod{Uid}.slice";

    /// <summary>Reads a manifest.</summary>
    /// <returns>Null where it is no pod that could run.</returns>
    public static StaticPod? Read(string path, string nodeName)
    {
        var text = File.ReadAllText(path);
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlDotNet.Core.YamlException)
        {
            return null;
        }
        if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode pod) return null;
        if (Child(pod, "spec", "containers") is not YamlSequenceNode { Children: [YamlMappingNode container, ..] }) return null;

        string[] command = [.. Words(container, "command"), .. Words(container, "args")];
        if (Text(pod, "metadata", "name") is not { } name || command.Length == 0) return null;
        var grace = Text(pod, "spec", "terminationGracePeriodSeconds") is { } seconds
            ? int.Parse(seconds, CultureInfo.InvariantCulture)
            : 30;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{nodeName}\n{path}\n{text}"));
        return new StaticPod(
            name, Text(pod, "metadata", "namespace") ?? "default", Text(container, "name") ?? name, command, TimeSpan.FromSeconds(grace),
            Convert.ToHexString(hash, 0, 16).ToLowerInvariant());
    }

    private static YamlNode? Child(YamlNode node, params string[] path)
    {
        foreach (var name in path)
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(new YamlScalarNode(name), out var child)) return null;
            node = child;
        }
        return node;
    }

    private static string? Text(YamlNode node, params string[] path) => (Child(node, path) as YamlScalarNode)?.Value;

    private static IEnumerable<string> Words(YamlNode container, string name) =>
        (Child(container, name) as YamlSequenceNode)?.Children.OfType<YamlScalarNode>().Select(word => word.Value ?? "") ?? [];
}
