using System.Text;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations;

/// <summary>
/// Reads keys of Kubernetes' objects: <c>PREFIX/RESOURCE[/NAMESPACE]/NAME</c>. A prefix set with <c>--etcd-prefix</c> is found from the key of the
/// namespace kube-system, which every cluster has.
/// </summary>
internal sealed class StorageKeys
{
    /// <summary>Several clusters may share an etcd, each with a prefix. More than this number are no prefixes.</summary>
    private const int MostRoots = 16;

    /// <summary>Keys that are not served as objects: allocations and the addresses of servers.</summary>
    private static readonly string[] NoObjects = ["masterleases", "peerserverleases", "ranges", "health"];

    private readonly List<byte[]> _roots = [];

    private static ReadOnlySpan<byte> UsualRoot => "/registry"u8;

    private static ReadOnlySpan<byte> KubeSystem => "/namespaces/kube-system"u8;

    /// <summary>Whether a key is that of the namespace kube-system, with any prefix.</summary>
    public static bool IsKubeSystem(ReadOnlySpan<byte> key) => key.EndsWith(KubeSystem);

    /// <summary>Learns the prefix from a key of the namespace kube-system, if it is not known yet.</summary>
    public void Learn(ReadOnlySpan<byte> key)
    {
        if (!IsKubeSystem(key) || _roots.Count == MostRoots) return;
        var root = key[..^KubeSystem.Length];
        if (KubernetesKeys.PrefixOf(key).Length == root.Length + "/namespaces"u8.Length || root.Contains((byte)0)) return;
        foreach (var known in _roots)
        {
            if (root.SequenceEqual(known)) return;
        }

        _roots.Add(root.ToArray());
    }

    /// <summary>Reads a key; null if it is no object's.</summary>
    public StorageKey? Parse(ReadOnlySpan<byte> key)
    {
        foreach (var root in _roots)
        {
            if (key.StartsWith(root) && key.Length > root.Length && key[root.Length] == (byte)'/') return ParseUsual([.. UsualRoot, .. key[root.Length..]]);
        }

        return ParseUsual(key);
    }

    private static StorageKey? ParseUsual(ReadOnlySpan<byte> key)
    {
        var prefix = KubernetesKeys.PrefixOf(key);
        if (prefix.IsEmpty || prefix.Length == key.Length) return null;
        var resource = KubernetesKeys.NameOf(prefix);
        if (resource == KubernetesKeys.Other || NoObjects.Contains(resource)) return null;
        return Encoding.UTF8.GetString(key[(prefix.Length + 1)..]).Split('/') switch
        {
            [{ Length: > 0 } name] => new StorageKey(resource, "", name),
            [{ Length: > 0 } nameSpace, { Length: > 0 } name] => new StorageKey(resource, nameSpace, name),
            _ => null,
        };
    }
}
