using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClusterHeal.Practice.Hosts;

/// <summary>A key for SSH (ECDSA, nistp256), of a host or of a user.</summary>
/// <param name="PrivatePem">The private key in a form that OpenSSH reads (RFC 5915, PEM).</param>
/// <param name="PublicLine">The public key as in <c>authorized_keys</c>: type and base64 (RFC 5656 §3.1).</param>
public sealed record SshKeyPair(string PrivatePem, string PublicLine)
{
    private const string KeyType = "ecdsa-sha2-nistp256";

    /// <summary>Makes a new key.</summary>
    public static SshKeyPair Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        using var blob = new MemoryStream();
        WriteString(blob, "ecdsa-sha2-nistp256"u8);
        WriteString(blob, "nistp256"u8);
        WriteString(blob, [0x04, .. point.X!, .. point.Y!]);
        return new SshKeyPair(key.ExportECPrivateKeyPem() + "\n", $"{KeyType} {Convert.ToBase64String(blob.ToArray())}");
    }

    /// <summary>The public key.</summary>
    public override string ToString() => PublicLine;

    private static void WriteString(MemoryStream target, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        target.Write(length);
        target.Write(value);
    }
}
