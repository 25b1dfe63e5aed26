using System.Text.RegularExpressions;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Selects objects of a snapshot. An empty list or null does not restrict.</summary>
public sealed record ObjectFilter
{
    private readonly Dictionary<(string Resource, string Kind), bool> _kinds = [];
    private readonly IReadOnlyList<Regex> _kindPatterns = [];
    private readonly IReadOnlyList<Regex> _namespacePatterns = [];
    private readonly IReadOnlyList<Regex> _namePatterns = [];
    private readonly LabelSelector? _labels;

    /// <summary>Kinds or resources, as kubectl takes them: <c>Deployment</c>, <c>deployments</c>, <c>widgets.example.com</c>. Wildcards are allowed.</summary>
    public IReadOnlyList<string> Kind
    {
        init => _kindPatterns = [.. value.SelectMany(kind => new[] { kind, Plural(kind) }).Select(NodeSelection.Wildcard)];
    }

    /// <summary>Namespaces, with wildcards. An empty text selects objects without a namespace.</summary>
    public IReadOnlyList<string> Namespace
    {
        init => _namespacePatterns = [.. value.Select(NodeSelection.Wildcard)];
    }

    /// <summary>Names, with wildcards.</summary>
    public IReadOnlyList<string> Name
    {
        init => _namePatterns = [.. value.Select(NodeSelection.Wildcard)];
    }

    /// <summary>A label selector, as kubectl takes it with <c>-l</c>.</summary>
    /// <exception cref="ClusterHealException">It is not a selector.</exception>
    public string? LabelSelector
    {
        init => _labels = value is null ? null : SelectorParser.Parse(value);
    }

    /// <summary>Whether there are kinds in the filter.</summary>
    internal bool HasKinds => _kindPatterns.Count > 0;

    /// <summary>Whether there are labels in the filter.</summary>
    internal bool HasLabels => _labels is not null;

    /// <summary>Whether the kind, the namespace and the name match. The kind is empty if it is not known.</summary>
    internal bool Matches(StorageKey key, string kind) =>
        MatchesKind(key.Resource, kind) && MatchesAny(_namespacePatterns, key.Namespace) && MatchesAny(_namePatterns, key.Name);

    /// <summary>Whether the labels match.</summary>
    internal bool Matches(IReadOnlyDictionary<string, string> labels) => _labels is null || _labels.Matches(labels);

    /// <summary>Whether a resource matches. Its kind is empty if it is not known.</summary>
    internal bool MatchesKind(string resource, string kind)
    {
        if (_kindPatterns.Count == 0) return true;
        if (_kinds.TryGetValue((resource, kind), out var known)) return known;
        var plural = resource.Split('.')[0];
        return _kinds[(resource, kind)] = _kindPatterns.Any(p => p.IsMatch(kind) || p.IsMatch(resource) || p.IsMatch(plural));
    }

    private static bool MatchesAny(IReadOnlyList<Regex> patterns, string text) => patterns.Count == 0 || patterns.Any(p => p.IsMatch(text));

    /// <summary>The resource of a kind, by the rule of Kubernetes (apimachinery/pkg/api/meta, UnsafeGuessKindToResource). An encrypted object shows no kind.</summary>
    private static string Plural(string kind) => kind.ToLowerInvariant() switch
    {
        { Length: > 0 } word when word[^1] == 's' => word + "es",
        { Length: > 0 } word when word[^1] == 'y' => word[..^1] + "ies",
        var word => word + "s",
    };
}
