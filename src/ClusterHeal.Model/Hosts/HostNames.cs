using System.Net;

namespace ClusterHeal;

/// <summary>
/// Tells whether two spellings name the same host, as far as the text says: case, the dot at the end, forms of an address. That two other names
/// lead to one host only the host itself can tell (<c>HostIdentity</c>, in the engine).
/// </summary>
internal static class HostNames
{
    /// <summary>True if both name the same host.</summary>
    public static bool AreSame(string? one, string? other) => one is not null && other is not null && Normal(one) == Normal(other);

    /// <summary>The one spelling of a name or address: lower case, no dot at the end, no brackets, an address in its shortest form.</summary>
    public static string Normal(string name)
    {
        var bare = name.Trim().TrimEnd('.');
        if (bare is ['[', .. var inner, ']']) bare = inner;
        if (!IPAddress.TryParse(bare, out var address)) return bare.ToLowerInvariant();
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
