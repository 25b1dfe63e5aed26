using System.Text.RegularExpressions;

namespace ClusterHeal.Kubernetes;

/// <summary>Finds the nodes that a user selects.</summary>
internal static class NodeSelection
{
    /// <summary>The nodes with these names and labels, each once, in the order of the API. A name without a node is reported.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="names">Names, with <c>*</c> and <c>?</c> as wildcards; none for all.</param>
    /// <param name="labelSelector">As kubectl takes it with <c>-l</c>, or null.</param>
    /// <param name="sink">Where a name without a node is reported.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<Node>> FindAsync(
        KubernetesClient client, IReadOnlyList<string> names, string? labelSelector, IOperationSink sink, CancellationToken cancellationToken)
    {
        var named = labelSelector is null && names.Count > 0 && !names.Any(IsPattern);
        if (named && names.Count == 1) return await GetAsync(client, names, sink, cancellationToken).ConfigureAwait(false);
        var query = new ResourceQuery(LabelSelector: labelSelector);
        IReadOnlyList<Node> all;
        try
        {
            all = (await client.SnapshotAsync(Resources.Nodes, query, cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (KubernetesException e) when (e.StatusCode == 403 && named)
        {
            return await GetAsync(client, names, sink, cancellationToken).ConfigureAwait(false);
        }

        if (names.Count == 0) return all;
        var patterns = names.Select(n => (Name: n, Pattern: Wildcard(n))).ToArray();
        foreach (var (name, pattern) in patterns)
        {
            if (!IsPattern(name) && !all.Any(n => pattern.IsMatch(n.Metadata.Name))) sink.Fail(NotFound(client, name));
        }

        return [.. all.Where(n => patterns.Any(p => p.Pattern.IsMatch(n.Metadata.Name)))];
    }

    /// <summary>Reads nodes one by one: a role for maintenance may have the right to get a node, but not to list all.</summary>
    private static async Task<IReadOnlyList<Node>> GetAsync(
        KubernetesClient client, IReadOnlyList<string> names, IOperationSink sink, CancellationToken cancellationToken)
    {
        var found = new List<Node>();
        // The names of nodes are in lower case; PowerShell's users do not have to type them so.
        foreach (var name in names.DistinctBy(n => n.ToLowerInvariant()))
        {
            var node = await client.FindAsync(Resources.Nodes, null, name.ToLowerInvariant(), cancellationToken).ConfigureAwait(false);
            if (node is null) sink.Fail(NotFound(client, name));
            else found.Add(node);
        }

        return found;
    }

    /// <summary>A pattern with <c>*</c> and <c>?</c>, without regard to case.</summary>
    public static Regex Wildcard(string pattern) => new(
        "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);

    private static bool IsPattern(string name) => name.AsSpan().IndexOfAny('*', '?') >= 0;

    private static ClusterHealException NotFound(KubernetesClient client, string name) => new(
        ErrorIds.KubernetesObjectNotFound,
        FaultCategory.NotFound,
        $"There is no node '{name}' in cluster '{client.Connection.ClusterName}'.",
        name,
        "Get-NodeStatus lists the nodes.");
}
