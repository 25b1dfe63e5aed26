using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>One member of a cluster that will be created.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its ID, as etcd computes it from the peer URLs and the token of the cluster.</param>
/// <param name="PeerUrls">Where the other members reach it, in the order of the text.</param>
public sealed record InitialMember(string Name, ulong Id, IReadOnlyList<string> PeerUrls);

/// <summary>
/// The members of a new cluster and the IDs that etcd gives them. An ID depends on the token and the peer URLs, not on the name. With the same token
/// and URLs a member of the old cluster could join the new one, so every restore has a fresh token. (etcd:
/// server/etcdserver/api/membership/{cluster,member}.go)
/// </summary>
public sealed class InitialCluster
{
    /// <summary>The token that <c>etcdctl snapshot restore</c> uses if none is given.</summary>
    public const string DefaultToken = "etcd-cluster";

    private InitialCluster(string token, IReadOnlyList<InitialMember> members)
    {
        Token = token;
        Members = members;
        Id = ComputeClusterId(members);
    }

    /// <summary>The token of the cluster.</summary>
    public string Token { get; }

    /// <summary>The ID of the cluster.</summary>
    public ulong Id { get; }

    /// <summary>All members, by ascending ID.</summary>
    public IReadOnlyList<InitialMember> Members { get; }

    /// <summary>Reads <c>--initial-cluster</c>.</summary>
    /// <param name="text"><c>name=url</c> pairs with commas between them; a name with several URLs comes several times.</param>
    /// <param name="token">The token of the cluster.</param>
    /// <exception cref="ClusterHealException">No member, a pair without a URL, a URL that etcd refuses, or a URL that two members have.</exception>
    public static InitialCluster Parse(string text, string token)
    {
        var urlsByName = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw Invalid(text, $"'{pair}' is not of the form name=url");
            var name = pair[..equals];
            if (!urlsByName.TryGetValue(name, out var urls)) urlsByName.Add(name, urls = []);
            urls.Add(PeerUrl.Normalize(pair[(equals + 1)..]));
        }

        if (urlsByName.Count == 0) throw Invalid(text, "it names no member");
        var twice = urlsByName.Values.SelectMany(urls => urls).GroupBy(url => url, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw Invalid(text, $"the URL '{twice.Key}' is in it twice");

        return new InitialCluster(token, [.. urlsByName.Select(m => NewMember(m.Key, m.Value, token)).OrderBy(m => m.Id)]);
    }

    /// <summary>Finds a member by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ClusterHealException">There is no such member.</exception>
    public InitialMember Member(string name) =>
        Members.FirstOrDefault(m => m.Name == name)
        ?? throw Invalid(ToString(), $"it has no member '{name}'", "Give -Name one of the names in -InitialCluster.");

    /// <summary>Compares the URLs that a member will advertise with its URLs in the cluster. etcd demands that they agree.</summary>
    /// <param name="name">The member.</param>
    /// <param name="advertised">Its <c>--initial-advertise-peer-urls</c>.</param>
    /// <exception cref="ClusterHealException">They differ, or there is no such member.</exception>
    public void CheckAdvertised(string name, IEnumerable<string> advertised)
    {
        var urls = advertised.Select(PeerUrl.Normalize).Order(StringComparer.Ordinal).ToArray();
        var known = Member(name).PeerUrls;
        if (known.SequenceEqual(urls, StringComparer.Ordinal)) return;
        throw Invalid(
            ToString(),
            $"it has {string.Join(" and ", known)} for member '{name}', which advertises {string.Join(" and ", urls)}",
            "Give -InitialAdvertisePeerUrls the URLs that -InitialCluster has for this member, in the same spelling.");
    }

    /// <summary>The members in the form of <c>--initial-cluster</c>.</summary>
    public override string ToString() =>
        string.Join(',', Members.SelectMany(m => m.PeerUrls.Select(url => $"{m.Name}={url}")).Order(StringComparer.Ordinal));

    private static InitialMember NewMember(string name, List<string> urls, string token)
    {
        urls.Sort(StringComparer.Ordinal);
        return new InitialMember(name, First64Bits(Encoding.UTF8.GetBytes(string.Concat(urls) + token)), urls);
    }

    private static ulong ComputeClusterId(IReadOnlyList<InitialMember> members)
    {
        var ids = new byte[members.Count * sizeof(ulong)];
        for (var i = 0; i < members.Count; i++) BinaryPrimitives.WriteUInt64BigEndian(ids.AsSpan(i * sizeof(ulong)), members[i].Id);
        return First64Bits(ids);
    }

#pragma warning disable CA5350 // This is etcd's own rule for IDs. It protects nothing.
    private static ulong First64Bits(byte[] data) => BinaryPrimitives.ReadUInt64BigEndian(SHA1.HashData(data));
#pragma warning restore CA5350

    private static ClusterHealException Invalid(string text, string why, string? remedy = null) => new(
        ErrorIds.InitialClusterInvalid,
        FaultCategory.InvalidArgument,
        $"The initial cluster '{text}' cannot be used: {why}. Nothing was written.",
        text,
        remedy ?? "Give -InitialCluster the form 'm1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380', as in the configuration of the members.");
}
