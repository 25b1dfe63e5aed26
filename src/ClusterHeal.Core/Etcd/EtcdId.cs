using System.Globalization;

namespace ClusterHeal.Etcd;

/// <summary>The IDs of members and clusters.</summary>
internal static class EtcdId
{
    /// <summary>An ID as etcdctl prints it.</summary>
    public static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>True if etcd can read an ID that is stored as text. (Go: strconv.ParseUint with base 16)</summary>
    public static bool IsHex(string text) =>
        text.All(char.IsAsciiHexDigit) && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
}
