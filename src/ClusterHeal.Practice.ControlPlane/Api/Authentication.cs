using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>
/// Finds out who asks: by a client certificate (common name the user, organizations the groups) or a token of the token file.
/// </summary>
internal sealed class Authentication(X509Certificate2Collection authorities, IReadOnlyDictionary<string, Identity> tokens,
    TimeProvider time)
{
    /// <summary>Reads a token file: lines of <c>token,user,uid,"group1,group2"</c>.</summary>
    public static Dictionary<string, Identity> ReadTokens(string text)
    {
        var tokens = new Dictionary<string, Identity>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var fields = line.Split(',', 4, StringSplitOptions.TrimEntries);
            if (fields.Length < 3)
            {
                throw new PracticeException(
                    $"The token file has a line with {fields.Length} fields; at least 3 are needed.");
            }
            string[] groups = fields.Length < 4 ? [] : fields[3].Trim('"').Split(',', StringSplitOptions.TrimEntries);
            tokens[fields[0]] = new Identity(fields[1], [.. groups, "system:authenticated"]);
        }
        return tokens;
    }

    /// <summary>Who asks.</summary>
    /// <exception cref="ApiFault">A certificate or a token was shown that nobody knows.</exception>
    public Identity Identify(HttpContext context)
    {
        if (context.Connection.ClientCertificate is { } certificate) return ByCertificate(certificate);
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0) return Identity.Anonymous;
        const string Bearer = "Bearer ";
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) throw ApiFault.Unauthorized();
        return tokens.GetValueOrDefault(header[Bearer.Length..].Trim()) ?? throw ApiFault.Unauthorized();
    }

    private Identity ByCertificate(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                VerificationTime = time.GetUtcNow().UtcDateTime,
                ApplicationPolicy = { new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2") },
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (!chain.Build(certificate)) throw ApiFault.Unauthorized();
        var groups = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => part.GetSingleElementType().Value == "2.5.4.10")
            .Select(part => part.GetSingleElementValue() ?? "");
        return new Identity(certificate.GetNameInfo(X509NameType.SimpleName, false), [.. groups, "system:authenticated"]);
    }
}
