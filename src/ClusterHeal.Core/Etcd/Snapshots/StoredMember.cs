using System.Text.Json.Serialization;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>A member as etcd stores it in the bucket <c>members</c> (etcd: server/etcdserver/api/membership/member.go).</summary>
internal sealed record StoredMember
{
    /// <summary>Its name; empty as long as it was not started.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Where the other members reach it.</summary>
    [JsonPropertyName("peerURLs")]
    public string[]? PeerUrls { get; init; }

    /// <summary>Where clients reach it.</summary>
    [JsonPropertyName("clientURLs")]
    public string[]? ClientUrls { get; init; }

    /// <summary>Whether it has no vote.</summary>
    [JsonPropertyName("isLearner")]
    public bool IsLearner { get; init; }
}

/// <summary>The serializer of <see cref="StoredMember"/>.</summary>
[JsonSerializable(typeof(StoredMember))]
internal sealed partial class StoredMemberContext : JsonSerializerContext;
