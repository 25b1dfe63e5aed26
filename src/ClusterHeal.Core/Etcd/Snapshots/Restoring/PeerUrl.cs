namespace ClusterHeal.Etcd.Snapshots;

/// <summary>The URLs at which members reach each other, by the rules of etcd (etcd: client/pkg/types/urls.go).</summary>
internal static class PeerUrl
{
    /// <summary>Checks a URL and brings it into the spelling from which etcd computes IDs.</summary>
    /// <param name="text">The URL.</param>
    /// <exception cref="ClusterHealException">etcd would refuse it.</exception>
    public static string Normalize(string text)
    {
        var url = text.Trim();
        var end = url.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "" : url[..end].ToLowerInvariant();
        var rest = end < 0 ? "" : url[(end + 3)..];
        var problem = scheme switch
        {
            "unix" or "unixs" => null,
            "http" or "https" => FindProblem(rest),
            _ => "its scheme must be http, https, unix or unixs",
        };
        if (problem is null) return $"{scheme}://{rest}";
        throw new ClusterHealException(
            ErrorIds.PeerUrlInvalid,
            FaultCategory.InvalidArgument,
            $"The peer URL '{text}' cannot be used: {problem}. Nothing was written.",
            text,
            "Give it the form 'https://10.0.0.1:2380', with a port and without a path.");
    }

    private static string? FindProblem(string authority)
    {
        if (authority.AsSpan().IndexOfAny('/', '?', '#') >= 0) return "it must not contain a path";
        var colon = authority.LastIndexOf(':');
        var host = colon < 0 ? authority : authority[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || (host.Contains(':', StringComparison.Ordinal) && !isBracketed)) return "its address is not of the form host:port";
        return ushort.TryParse(authority.AsSpan(colon + 1), out _) ? null : "its port is not a number";
    }
}
