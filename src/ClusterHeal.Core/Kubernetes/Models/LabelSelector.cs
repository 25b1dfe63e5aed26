using System.Globalization;

namespace ClusterHeal.Kubernetes;

/// <summary>A label selector of an object. All its parts must match.</summary>
internal sealed record LabelSelector
{
    public IReadOnlyDictionary<string, string>? MatchLabels { get; set; }

    public IReadOnlyList<SelectorRequirement>? MatchExpressions { get; set; }

    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var (key, value) in MatchLabels ?? EmptyLabels)
        {
            if (labels is null || !labels.TryGetValue(key, out var actual) || actual != value) return false;
        }

        return MatchExpressions is null || MatchExpressions.All(e => e.Matches(labels));
    }

    private static readonly Dictionary<string, string> EmptyLabels = [];
}

/// <summary>One expression of a selector, of labels or of a node's fields.</summary>
internal sealed record SelectorRequirement
{
    public string Key { get; set; } = "";

    public string Operator { get; set; } = "";

    public IReadOnlyList<string>? Values { get; set; }

    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        string? actual = null;
        var present = labels is not null && labels.TryGetValue(Key, out actual);
        return Operator switch
        {
            "In" => present && Values?.Contains(actual!) == true,
            "NotIn" => !present || Values?.Contains(actual!) != true,
            "Exists" => present,
            "DoesNotExist" => !present,
            "Gt" => present && Compare(actual!) > 0,
            "Lt" => present && Compare(actual!) < 0,
            _ => false,
        };
    }

    private int Compare(string actual) =>
        Values is [var bound]
        && long.TryParse(bound, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var right)
        && long.TryParse(actual, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
            ? left.CompareTo(right)
            : 0;
}
