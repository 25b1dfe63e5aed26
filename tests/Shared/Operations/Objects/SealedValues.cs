using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Values as kube-apiserver stores them with aescbc, and the files of their keys. A real server's are opened in RealEncryptionTests.</summary>
internal static class SealedValues
{
    /// <summary>Encrypts a value, each time with another beginning.</summary>
    public static byte[] Of(string value, string keyName)
    {
        using var aes = Aes.Create();
        aes.Key = KeyOf(keyName);
        return [.. Encoding.UTF8.GetBytes($"k8s:enc:aescbc:v1:{keyName}:"), .. aes.IV, .. aes.EncryptCbc(Encoding.UTF8.GetBytes(value), aes.IV)];
    }

    /// <summary>Writes the file of some keys.</summary>
    /// <returns>Its path.</returns>
    public static string WriteKeys(TempFolder folder, string file, params string[] keyNames)
    {
        var path = folder.File(file);
        File.WriteAllText(path, "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n"
            + string.Concat(keyNames.Select(name => $"      - name: {name}\n        secret: {Convert.ToBase64String(KeyOf(name))}\n")));
        return path;
    }

    private static byte[] KeyOf(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name));
}
