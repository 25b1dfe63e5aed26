using System.Text.Json.Serialization;

namespace ClusterHeal;

/// <summary>The answer of one check, with what it rests on.</summary>
public sealed record CheckResult
{
    /// <summary>The name of the check; stable, scripts compare it.</summary>
    public required string Name { get; init; }

    /// <summary>The area that the check belongs to: <c>Etcd</c>, <c>Nodes</c>; empty if there is only one.</summary>
    public string Area { get; init; } = "";

    /// <summary>What was checked: a file, an endpoint, a node.</summary>
    public required string Target { get; init; }

    /// <summary>The answer.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>The answer in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What was seen, line by line; empty if the message says it all.</summary>
    public ItemCollection<string> Evidence { get; init; } = [];

    /// <summary>What to do next; null if there is nothing to do.</summary>
    public string? Remedy { get; init; }

    /// <summary>
    /// The command line that heals it, with the names of this cluster filled in; null if it passes, or if no cmdlet heals it.
    /// Logins come from the connection of the session.
    /// </summary>
    public string? Repair { get; init; }

    /// <summary>The host that it is about, for the next cmdlet of a pipeline; for a node its name; null if it is about something else.</summary>
    public string? HostName { get; init; }

    /// <summary>The component on <see cref="HostName"/> that it is about, or null.</summary>
    public ClusterComponent? Component { get; init; }

    /// <summary>The node that it is about, or null.</summary>
    public string? NodeName { get; init; }

    /// <summary>The name of the result with the cause, if this one could not be seen because of it; otherwise null.</summary>
    public string? CausedBy { get; init; }

    /// <summary>How <see cref="HostName"/> was logged in to, or null.</summary>
    [JsonIgnore]
    public HostConnection? HostConnection { get; init; }

    /// <summary>The cluster, if it is about one.</summary>
    public string? ClusterName { get; init; }

    /// <summary>When it was checked, if it is about a cluster.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>How long the check took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The name, the answer and the sentence.</summary>
    public override string ToString() => $"{Name}: {Status}: {Message}";
}
