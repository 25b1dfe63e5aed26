using System.Text.Json.Serialization;

namespace ClusterHeal.Etcd.Members;

/// <summary>A member as the v2 API writes it.</summary>
internal sealed record V2Member
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    [JsonPropertyName("peerURLs")]
    public string[] PeerUrls { get; init; } = [];

    [JsonPropertyName("clientURLs")]
    public string[] ClientUrls { get; init; } = [];
}

/// <summary>The list of members of the v2 API.</summary>
/// <param name="Members">The members.</param>
internal sealed record V2MemberList(V2Member[] Members);

/// <summary>Reads the answers of the v2 API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(V2MemberList))]
internal sealed partial class V2Json : JsonSerializerContext;
