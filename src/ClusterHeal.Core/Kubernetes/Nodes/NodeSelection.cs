using System.Text.RegularExpressions;

namespace ClusterHeal.Kubernetes;

/// <summary>Finds the nodes that a user means.</summary>
internal static class NodeSelection
{
    /// <summary>The nodes of these names and labels, each once, in the order of the API. A name that fits none is reported.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="names">Names, with <c>*</c> and <c>?</c> as wildcards; none for all.</param>
    /// <param name="labelSelector">As kubectl takes it with <c>-l</c>, or null.</param>
    /// <param name="sink">Where a name without a node is reported.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<Node>> FindAsync(
        KubernetesClient client, IReadOnlyList<string> names, string? labelSelector, IOperationSink sink, CancellationToken cancellationToken)
    {
        if (names is [var only] && labelSelector is null && !IsPattern(only))
        {
            var node = await client.FindAsync(Resources.Nodes, null, only, cancellationToken).ConfigureAwait(false);
            if (node is not null) return [node];
            sink.Fail(NotFound(client, only));
            return [];
        }

        var query = new ResourceQuery(LabelSelector: labelSelector);
        var all = (await client.SnapshotAsync(Resources.Nodes, query, cancellationToken).ConfigureAwait(false)).Items;
        if (names.Count == 0) return all;
        var patterns = names.Select(n => (Name: n, Pattern: Wildcard(n))).ToArray();
        foreach (var (name, pattern) in patterns)
        {
            if (!IsPattern(name) && !all.Any(n => pattern.IsMatch(n.Metadata.Name))) sink.Fail(NotFound(client, name));
        }

        return [.. all.Where(n => patterns.Any(p => p.Pattern.IsMatch(n.Metadata.Name)))];
    }

    /// <summary>A pattern with <c>*</c> and <c>?</c>, without regard to case.</summary>
    public static Regex Wildcard(string pattern) => new(
        "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static bool IsPattern(string name) => name.AsSpan().IndexOfAny('*', '?') >= 0;

    private static ClusterHealException NotFound(KubernetesClient client, string name) => new(
        ErrorIds.KubernetesObjectNotFound,
        FaultCategory.NotFound,
        $"There is no node '{name}' in cluster '{client.Connection.ClusterName}'.",
        name,
        "Get-NodeStatus lists the nodes.");
}
