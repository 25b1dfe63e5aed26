using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace ClusterHeal.Kubernetes;

/// <summary>NaCl's secretbox from BouncyCastle's XSalsa20 and Poly1305: the first 32 bytes of the stream are the key of the checksum.</summary>
internal static class SecretBox
{
    private const int Nonce = 24, Tag = 16, SubKey = 32;

    /// <summary>Opens a box: the nonce, the checksum and the encrypted bytes.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="box">The box.</param>
    /// <returns>The bytes; null if the checksum does not fit.</returns>
    public static byte[]? Open(byte[] key, ReadOnlySpan<byte> box)
    {
        if (box.Length < Nonce + Tag) return null;
        var encrypted = box[(Nonce + Tag)..].ToArray();
        var stream = new XSalsa20Engine();
        stream.Init(forEncryption: false, new ParametersWithIV(new KeyParameter(key), box[..Nonce].ToArray()));
        var subKey = new byte[SubKey];
        stream.ProcessBytes(new byte[SubKey], 0, SubKey, subKey, 0);
        var checksum = new Poly1305();
        checksum.Init(new KeyParameter(subKey));
        checksum.BlockUpdate(encrypted, 0, encrypted.Length);
        var tag = new byte[Tag];
        checksum.DoFinal(tag, 0);
        if (!CryptographicOperations.FixedTimeEquals(tag, box.Slice(Nonce, Tag))) return null;
        var plain = new byte[encrypted.Length];
        stream.ProcessBytes(encrypted, 0, encrypted.Length, plain, 0);
        return plain;
    }
}
