using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Kubernetes;

/// <summary>A key of an EncryptionConfiguration.</summary>
/// <param name="Provider">The provider that encrypts with it: <c>aescbc</c>, <c>aesgcm</c>, <c>secretbox</c>.</param>
/// <param name="Name">Its name, which is in front of what it encrypted.</param>
/// <param name="Secret">Its bytes.</param>
internal sealed record EncryptionKey(string Provider, string Name, byte[] Secret)
{
    private const int Block = 16, Nonce = 12, Tag = 16;

    /// <summary>
    /// Decrypts what kube-apiserver encrypted (Kubernetes: apiserver/pkg/storage/value/encrypt).
    /// </summary>
    /// <param name="sealedBytes">What comes after the name of the key.</param>
    /// <param name="storageKey">The key in etcd. aesgcm authenticates it, too.</param>
    /// <returns>The bytes; null if this key did not encrypt them, or they were changed.</returns>
    public byte[]? Open(ReadOnlySpan<byte> sealedBytes, string storageKey)
    {
        try
        {
            return Provider switch
            {
                "aescbc" => OpenCbc(sealedBytes),
                "aesgcm" => OpenGcm(sealedBytes, storageKey),
                _ => SecretBox.Open(Secret, sealedBytes),
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Provider and name, never the key.</summary>
    public override string ToString() => $"{Provider}:{Name}";

    private byte[]? OpenCbc(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 2 * Block || sealedBytes.Length % Block != 0) return null;
        using var aes = Aes.Create();
        aes.Key = Secret;
        return aes.DecryptCbc(sealedBytes[Block..], sealedBytes[..Block]);
    }

    private byte[]? OpenGcm(ReadOnlySpan<byte> sealedBytes, string storageKey)
    {
        if (sealedBytes.Length < Nonce + Tag) return null;
        using var aes = new AesGcm(Secret, Tag);
        var plain = new byte[sealedBytes.Length - Nonce - Tag];
        aes.Decrypt(sealedBytes[..Nonce], sealedBytes[Nonce..^Tag], sealedBytes[^Tag..], plain, Encoding.UTF8.GetBytes(storageKey));
        return plain;
    }
}
