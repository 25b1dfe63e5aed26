using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Names of objects: what is allowed, and what the server makes up itself.</summary>
internal static partial class Names
{
    /// <summary>No vowels and no look-alikes: made-up names are never words.</summary>
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A made-up ending of five letters.</summary>
    public static string Suffix() => RandomNumberGenerator.GetString(Letters, 5);

    /// <summary>True for a name by the rules of DNS (RFC 1123), which most kinds follow.</summary>
    public static bool IsValid(string name) => name.Length <= 253 && Subdomain().IsMatch(name);

    /// <summary>Ten letters from a number, as Kubernetes turns hashes into parts of names.</summary>
    public static string FromHash(uint hash) =>
        new([.. hash.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(c => Letters[(c - '0') % Letters.Length])]);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Subdomain();
}
