using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Hosts;

/// <summary>One key in a known_hosts file, in the format of sshd(8).</summary>
internal sealed class KnownHostsLine
{
    private readonly string _hosts;

    private KnownHostsLine(KnownHostsMarker marker, string hosts, string keyType, byte[] key) =>
        (Marker, _hosts, KeyType, Key) = (marker, hosts, keyType, key);

    /// <summary>What the line says about the key.</summary>
    public KnownHostsMarker Marker { get; }

    /// <summary>The kind of key, such as <c>ssh-ed25519</c>.</summary>
    public string KeyType { get; }

    /// <summary>The key as it is sent.</summary>
    public byte[] Key { get; }

    /// <summary>Reads a line. Null for a comment, an empty line, and a line that ssh does not understand either.</summary>
    public static KnownHostsLine? Parse(string line)
    {
        var fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 0 || fields[0][0] == '#') return null;
        var marker = fields[0] switch
        {
            "@revoked" => KnownHostsMarker.Revoked,
            "@cert-authority" => KnownHostsMarker.CertificateAuthority,
            ['@', ..] => (KnownHostsMarker?)null,
            _ => KnownHostsMarker.None,
        };
        if (marker is null) return null;
        if (marker != KnownHostsMarker.None) fields = fields[1..];
        if (fields is not [var hosts, var keyType, var text, ..]) return null;
        var key = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, key, out var length)) return null;
        key = key[..length];
        return TypeOf(key) == keyType ? new KnownHostsLine(marker.Value, hosts, keyType, key) : null;
    }

    /// <summary>The type that a key itself names, or an empty text.</summary>
    public static string TypeOf(ReadOnlySpan<byte> key)
    {
        if (key.Length < 4) return "";
        var length = BinaryPrimitives.ReadUInt32BigEndian(key);
        return length <= (uint)key.Length - 4 ? Encoding.ASCII.GetString(key.Slice(4, (int)length)) : "";
    }

    /// <summary>True if the line is about the host.</summary>
    /// <param name="name">The name in lower case; with a port other than 22 in the form <c>[name]:port</c>.</param>
    public bool IsAbout(string name) => _hosts.StartsWith("|1|", StringComparison.Ordinal) ? IsHashOf(name) : HostPattern.Matches(_hosts, name);

    // |1|salt|hash: the HMAC-SHA1 of the name. HashKnownHosts writes it so that a stolen file shows no names.
    private bool IsHashOf(string name)
    {
        if (_hosts.Split('|') is not ["", "1", var salt, var hash]) return false;
        try
        {
#pragma warning disable CA5350 // OpenSSH's format has no other hash. It hides names and proves nothing.
            var hashed = HMACSHA1.HashData(Convert.FromBase64String(salt), Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350
            return hashed.AsSpan().SequenceEqual(Convert.FromBase64String(hash));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
