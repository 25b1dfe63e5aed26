using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Operations.Certificates;

/// <summary>Reads certificates from the texts of files, and replaces them by new ones. The rest of a text stays as it is.</summary>
internal static class CertificateText
{
    private const string CertificateField = "client-certificate-data", KeyField = "client-key-data";

    /// <summary>The certificates of a PEM text; none if it has none that can be read.</summary>
    public static X509Certificate2Collection ReadPem(string text)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            // What cannot be read is no certificate.
        }

        return found;
    }

    /// <summary>The certificates inside a kubeconfig, one for each user that has one.</summary>
    public static X509Certificate2Collection ReadKubeconfig(string text)
    {
        var found = new X509Certificate2Collection();
        foreach (var user in UsersOf(text))
        {
            if (Decode(user.Child(CertificateField).Text()) is { } pem && ReadPem(pem) is [var certificate, ..]) found.Add(certificate);
        }

        return found;
    }

    /// <summary>The certificate files that a kubeconfig names, with their keys.</summary>
    public static IEnumerable<(string Path, string? KeyPath)> FilesOfKubeconfig(string text) =>
        from user in UsersOf(text)
        let path = user.Child("client-certificate").Text()
        where path is not null && user.Child(CertificateField) is null
        select (path, user.Child("client-key").Text());

    /// <summary>A PEM text whose first certificate is replaced; null if that cannot be done safely.</summary>
    /// <param name="text">The text.</param>
    /// <param name="renewed">The new certificate.</param>
    /// <param name="withKey">True if the text also holds the key.</param>
    public static string? ReplaceInPem(string text, RenewedCertificate renewed, bool withKey)
    {
        var certificate = Find(text, label => label is "CERTIFICATE");
        if (certificate is null) return null;
        var changed = text.Replace(certificate, renewed.CertificatePem.TrimEnd('\n'), StringComparison.Ordinal);
        if (!withKey) return changed;
        var key = Find(text, label => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));
        return key is null ? null : changed.Replace(key, renewed.KeyPem.TrimEnd('\n'), StringComparison.Ordinal);
    }

    /// <summary>
    /// A kubeconfig with new certificates and keys inside; null if its form does not allow it. The result is read back, and counts only if it has
    /// exactly the new ones.
    /// </summary>
    /// <param name="text">The kubeconfig.</param>
    /// <param name="renew">Makes the new certificate for an old one.</param>
    public static string? ReplaceInKubeconfig(string text, Func<X509Certificate2, RenewedCertificate> renew)
    {
        var wanted = new List<(string Certificate, string Key)>();
        var changed = text;
        foreach (var user in UsersOf(text))
        {
            if (user.Child(CertificateField).Text() is not { } former) continue;
            if (user.Child(KeyField).Text() is not { } formerKey || Decode(former) is not { } pem || ReadPem(pem) is not [var certificate, ..]) return null;
            RenewedCertificate renewed;
            using (certificate) renewed = renew(certificate);
            (string Certificate, string Key) pair = (Encode(renewed.CertificatePem), Encode(renewed.KeyPem));
            changed = changed.Replace(former, pair.Certificate, StringComparison.Ordinal).Replace(formerKey, pair.Key, StringComparison.Ordinal);
            wanted.Add(pair);
        }

        var read = UsersOf(changed).Where(user => user.Child(CertificateField) is not null)
            .Select(user => (user.Child(CertificateField).Text() ?? "", user.Child(KeyField).Text() ?? ""));
        return wanted.Count > 0 && read.SequenceEqual(wanted) ? changed : null;
    }

    private static IEnumerable<YamlNode?> UsersOf(string text)
    {
        try
        {
            return [.. YamlText.Load(text).Child("users").Items().Select(user => user.Child("user"))];
        }
        catch (YamlFault)
        {
            return [];
        }
    }

    private static string? Find(string text, Func<string, bool> isWanted)
    {
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (isWanted(rest[fields.Label].ToString())) return rest[fields.Location].ToString();
            rest = rest[fields.Location.End..];
        }

        return null;
    }

    private static string Encode(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));

    private static string? Decode(string? text)
    {
        var bytes = new byte[text?.Length ?? 0];
        return text is not null && Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.ASCII.GetString(bytes, 0, length) : null;
    }
}
