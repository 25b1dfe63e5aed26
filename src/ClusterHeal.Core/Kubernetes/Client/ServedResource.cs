namespace ClusterHeal.Kubernetes;

/// <summary>A resource that an API server serves.</summary>
/// <param name="Group">The group; empty for the core's.</param>
/// <param name="Version">The version that the server prefers, of those with this resource.</param>
/// <param name="Plural">The name in URLs.</param>
/// <param name="Kind">The kind.</param>
/// <param name="IsNamespaced">Whether its objects are in namespaces.</param>
/// <param name="Verbs">What may be done with it: <c>list</c>, <c>create</c> …</param>
internal sealed record ServedResource(string Group, string Version, string Plural, string Kind, bool IsNamespaced, IReadOnlyList<string> Verbs)
{
    /// <summary>Group and version as manifests have them.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}

/// <summary>What an API server serves, and the groups for which it could not say it.</summary>
/// <param name="Resources">Each resource of each group once. If it is in several versions, the one that the server prefers.</param>
/// <param name="Unavailable">Groups whose server does not answer.</param>
internal sealed record ServedResources(IReadOnlyList<ServedResource> Resources, IReadOnlyList<string> Unavailable);
