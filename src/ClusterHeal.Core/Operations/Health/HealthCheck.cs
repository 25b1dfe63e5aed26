using System.Text.RegularExpressions;

namespace ClusterHeal.Operations;

/// <summary>Where the facts of a check come from.</summary>
internal enum HealthSource
{
    Kubernetes,
    Etcd,
    Hosts,
    Backups,
    Any,
}

/// <summary>One check: a pure function from the facts to the findings.</summary>
/// <param name="Area">Its area.</param>
/// <param name="Name">Its name. It must not change: scripts compare it.</param>
/// <param name="Source">The source that it needs. Without facts from there, the result is unknown.</param>
/// <param name="Judge">The function. If it throws, the result is unknown.</param>
internal sealed record HealthCheck(HealthArea Area, string Name, HealthSource Source, Func<HealthFacts, IEnumerable<Finding>> Judge)
{
    /// <summary>True if it depends on what the controller manager writes. While that is down, its last writes do not prove that anything is good.</summary>
    public bool TrustsControllers { get; init; }

    /// <summary>A check that needs only what the API says.</summary>
    public static HealthCheck OfKubernetes(HealthArea area, string name, Func<KubernetesFacts, string, IEnumerable<Finding>> judge) =>
        new(area, name, HealthSource.Kubernetes, facts => judge(facts.Kubernetes!, facts.ClusterName));

    /// <summary>True if a name of this check matches one that was asked for.</summary>
    public bool IsMeant(IReadOnlyList<string> names) => names.Count == 0 || names.Any(name => Pattern(name).IsMatch(Name));

    private static Regex Pattern(string name) =>
        new($"^{Regex.Escape(name).Replace("\\*", ".*").Replace("\\?", ".")}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}

/// <summary>What one check says about one target.</summary>
internal sealed record Finding(CheckStatus Status, string Target, string Message)
{
    public string? Remedy { get; init; }

    public IEnumerable<string> Evidence { get; init; } = [];

    /// <summary>The host that it is about, or null.</summary>
    public string? HostName { get; init; }

    /// <summary>The component on that host, or null.</summary>
    public ClusterComponent? Component { get; init; }

    /// <summary>The node that it is about, or null.</summary>
    public string? NodeName { get; init; }

    /// <summary>How to log in to the host, or null.</summary>
    public HostConnection? HostConnection { get; init; }

    /// <summary>True if its source could not be seen.</summary>
    public bool IsUnseen { get; init; }

    /// <summary>True if it says only that something was out of sight; see <see cref="ClusterHealthTest.ScopeName"/>.</summary>
    public bool IsScope { get; init; }

    public static Finding Pass(string target, string message, params string[] evidence) =>
        new(CheckStatus.Pass, target, message) { Evidence = evidence };

    public static Finding Warning(string target, string message, string remedy, params string[] evidence) =>
        new(CheckStatus.Warning, target, message) { Remedy = remedy, Evidence = evidence };

    public static Finding Fail(string target, string message, string remedy, params string[] evidence) =>
        new(CheckStatus.Fail, target, message) { Remedy = remedy, Evidence = evidence };

    public static Finding Unknown(string target, string message, string remedy, params string[] evidence) =>
        new(CheckStatus.Unknown, target, message) { Remedy = remedy, Evidence = evidence };

    /// <summary>The findings, or one Pass if there are none.</summary>
    public static IEnumerable<Finding> OrPass(IEnumerable<Finding> findings, string target, string message)
    {
        var list = findings.ToList();
        return list.Count > 0 ? list : [Pass(target, message)];
    }
}
