using System.Text;
using ClusterHeal.Common;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// The keys with which an API server encrypts what it stores: the file of its <c>--encryption-provider-config</c>. No message contains its text, or
/// anything that it decrypts.
/// </summary>
internal sealed class EncryptionConfiguration
{
    private const string Envelope = "k8s:enc:";
    private const string Remedy = "Give the file that kube-apiserver has as --encryption-provider-config; it is on the control-plane hosts.";

    /// <summary>How long a key may be, in bytes (Kubernetes: apiserver/pkg/apis/apiserver/validation).</summary>
    private static readonly Dictionary<string, int[]> KeyLengths = new() { ["aescbc"] = [16, 24, 32], ["aesgcm"] = [16, 24, 32], ["secretbox"] = [32] };

    private readonly List<EncryptionKey> _keys = [];

    private EncryptionConfiguration()
    {
    }

    /// <summary>Without any key.</summary>
    public static EncryptionConfiguration None { get; } = new();

    /// <summary>Whether there is no key.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>Reads a file, if one is named.</summary>
    /// <param name="path">The file, or null.</param>
    /// <exception cref="ClusterHealException">It cannot be read, or is no EncryptionConfiguration.</exception>
    public static EncryptionConfiguration ReadIfNamed(string? path) => path is null ? None : Read(path);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ClusterHealException">It cannot be read, or is no EncryptionConfiguration.</exception>
    public static EncryptionConfiguration Read(string path)
    {
        try
        {
            return Of(path, YamlText.Load(TextFile.Read(path)));
        }
        catch (YamlFault fault)
        {
            // The parser's message may quote the line, and so a key.
            throw Invalid(path, $"it is not YAML at {fault.Place}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, path, "read");
        }
    }

    /// <summary>Decrypts a stored value, if it is encrypted.</summary>
    /// <param name="value">The value, with its prefix.</param>
    /// <param name="storageKey">The key in etcd.</param>
    /// <returns>The value that was encrypted, or why it could not be decrypted, as the rest of a sentence about the object.</returns>
    public (byte[]? Value, string? Problem) DecryptIfEncrypted(byte[] value, string storageKey) =>
        StorageEnvelope.Open(value).Form == StoredObjectForm.Encrypted ? Decrypt(value, storageKey) : (value, null);

    /// <summary>Decrypts an encrypted value.</summary>
    /// <param name="value">The value, with its prefix.</param>
    /// <param name="storageKey">The key in etcd.</param>
    /// <returns>The value that was encrypted, or why it could not be decrypted, as the rest of a sentence about the object.</returns>
    public (byte[]? Value, string? Problem) Decrypt(ReadOnlySpan<byte> value, string storageKey)
    {
        var encryption = StorageEnvelope.Open(value).Encryption;
        if (encryption.Split(':') is not [var provider, var version, ..]) return (null, "is encrypted in a form that is not known");
        if (provider == "kms")
        {
            return (null, $"is encrypted by a KMS plugin ({encryption}), and only that plugin can decrypt it: no file has its key");
        }

        if (!KeyLengths.ContainsKey(provider) || version != "v1") return (null, $"is encrypted by {provider} {version}, which is not known here");
        var prefix = Encoding.UTF8.GetByteCount($"{Envelope}{provider}:{version}:");
        if (IsEmpty) return (null, $"is encrypted ({encryption}): its key has to be given (-EncryptionConfigurationFile)");
        var hasName = false;
        foreach (var key in _keys.Where(key => key.Provider == provider))
        {
            var name = Encoding.UTF8.GetBytes(key.Name + ":");
            if (!value[prefix..].StartsWith(name)) continue;
            hasName = true;
            // aescbc has no checksum: if the result is no object, another key was used.
            if (key.Open(value[(prefix + name.Length)..], storageKey) is { } plain && StorageEnvelope.Open(plain).Form is StoredObjectForm.Protobuf or StoredObjectForm.Json)
                return (plain, null);
        }

        return (null, hasName
            ? $"is encrypted ({encryption}), and the key of that name in the file is another one, or the value was changed"
            : $"is encrypted ({encryption}), and the file has no key of that provider and name");
    }

    private static EncryptionConfiguration Of(string path, YamlNode? root)
    {
        if (root.Child("kind").Text() is not ("EncryptionConfiguration" or "EncryptionConfig")) throw Invalid(path, "its kind is not EncryptionConfiguration");
        var configuration = new EncryptionConfiguration();
        foreach (var provider in root.Child("resources").Items().SelectMany(resource => resource.Child("providers").Items()))
        {
            foreach (var (name, lengths) in KeyLengths)
            {
                foreach (var key in provider.Child(name).Child("keys").Items())
                {
                    var keyName = key.Child("name").Text() ?? throw Invalid(path, $"a key of {name} has no name ({key.Place})");
                    var secret = Decoded(key.Child("secret").Text() ?? "");
                    if (secret is null || !lengths.Contains(secret.Length))
                        throw Invalid(path, $"the key '{keyName}' of {name} is not {string.Join(" or ", lengths)} bytes in base64 ({key.Place})");
                    configuration._keys.Add(new EncryptionKey(name, keyName, secret));
                }
            }
        }

        return configuration;
    }

    private static byte[]? Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    private static ClusterHealException Invalid(string path, string why) => new(
        ErrorIds.EncryptionConfigurationInvalid, FaultCategory.InvalidData, $"'{path}' is no EncryptionConfiguration: {why}. Nothing was done.", path, Remedy);
}
