using System.Globalization;

namespace ClusterHeal.Etcd;

/// <summary>The IDs of members and clusters.</summary>
internal static class EtcdId
{
    /// <summary>An ID as etcdctl prints it.</summary>
    public static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);
}
