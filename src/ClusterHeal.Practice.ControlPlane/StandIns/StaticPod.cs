using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Practice.ControlPlane.StandIns;

/// <summary>What the stand-in for a kubelet reads of a manifest: a pod with one container.</summary>
/// <param name="Name">The pod's name, to which a kubelet adds the node's.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Container">The name of its container.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="GracePeriod">How long it may take to end.</param>
/// <param name="Uid">It depends on the text, so a changed manifest is another pod, as with a kubelet.</param>
internal sealed record StaticPod(string Name, string Namespace, string Container, string[] Command, TimeSpan GracePeriod, string Uid)
{
    /// <summary>The slice of systemd in which a kubelet puts such a pod.</summary>
    public string Slice => $"kubepods-burstable-pod{Uid}.slice";

    /// <summary>Reads a manifest.</summary>
    /// <returns>Null if it is no pod that could run.</returns>
    public static StaticPod? Read(string path, string nodeName)
    {
        var text = File.ReadAllText(path);
        YamlNode? pod;
        try
        {
            pod = YamlText.Load(text);
        }
        catch (YamlFault)
        {
            return null;
        }

        if (pod.Child("spec").Child("containers").Items() is not [var container, ..]) return null;

        string[] command = [.. Words(container, "command"), .. Words(container, "args")];
        if (pod.Child("metadata").Child("name").Text() is not { } name || command.Length == 0) return null;
        var grace = pod.Child("spec").Child("terminationGracePeriodSeconds").Text() is { } seconds
            ? int.Parse(seconds, CultureInfo.InvariantCulture)
            : 30;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{nodeName}\n{path}\n{text}"));
        return new StaticPod(
            name, pod.Child("metadata").Child("namespace").Text() ?? "default", container.Child("name").Text() ?? name, command, TimeSpan.FromSeconds(grace),
            Convert.ToHexString(hash, 0, 16).ToLowerInvariant());
    }

    private static IEnumerable<string> Words(YamlNode container, string name) =>
        container.Child(name).Items().OfType<YamlScalar>().Select(word => word.Value);
}
