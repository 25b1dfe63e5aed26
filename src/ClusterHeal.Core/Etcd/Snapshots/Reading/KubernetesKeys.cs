using System.Runtime.CompilerServices;
using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Says which Kubernetes resource a key of etcd belongs to. Most keys are <c>/registry/RESOURCE/…</c>; some resources have another
/// name in etcd than in the API, and what has a group with a dot (custom resources) has it in the key.
/// </summary>
internal static class KubernetesKeys
{
    /// <summary>What the keys that are not Kubernetes' are counted as.</summary>
    public const string Other = "(other)";

    /// <summary>The beginning of a key up to the resource, without the slash behind it; empty if the key is not Kubernetes'.</summary>
    [MethodImpl(HotPath.Optimized)]
    public static ReadOnlySpan<byte> PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length == 0 || key[0] != (byte)'/') return [];
        var root = NextSegment(key, 0);
        if (root == key.Length || !IsPrefix(key[1..root])) return [];
        var first = NextSegment(key, root);
        if (first == key.Length) return [];
        var segment = key[(root + 1)..first];
        var nested = segment.SequenceEqual("services"u8) || segment.SequenceEqual("oauth"u8) || segment.Contains((byte)'.');
        if (!nested) return key[..first];
        var second = NextSegment(key, first);
        return second == key.Length ? key[..first] : key[..second];
    }

    /// <summary>The name of the resource, as kubectl knows it, for what <see cref="PrefixOf"/> found.</summary>
    public static string NameOf(ReadOnlySpan<byte> prefix)
    {
        var parts = Encoding.UTF8.GetString(prefix).Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["openshift.io", ..] => string.Join('/', parts),
            [_, "services", "specs"] => "services",
            [_, "services", "endpoints"] => "endpoints",
            [_, "minions"] => "nodes",
            [_, "controllers"] => "replicationcontrollers",
            [_, "ingress"] => "ingresses",
            [_, "podsecuritypolicy"] => "podsecuritypolicies",
            [_, var resource] => resource,
            [_, var group, var resource] => $"{resource}.{group}",
            _ => Other,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPrefix(ReadOnlySpan<byte> segment) =>
        segment.SequenceEqual("registry"u8) || segment.SequenceEqual("kubernetes.io"u8) || segment.SequenceEqual("openshift.io"u8);

    /// <summary>The end of the segment that begins with the slash at <paramref name="slash"/>.</summary>
    [MethodImpl(HotPath.Optimized)]
    private static int NextSegment(ReadOnlySpan<byte> key, int slash)
    {
        var length = key[(slash + 1)..].IndexOf((byte)'/');
        return length < 0 ? key.Length : slash + 1 + length;
    }
}
