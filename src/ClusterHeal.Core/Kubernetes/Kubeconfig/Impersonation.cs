namespace ClusterHeal.Kubernetes;

/// <summary>The user in whose name requests are made (<c>as</c> in a kubeconfig).</summary>
internal sealed record Impersonation
{
    /// <summary>No other user.</summary>
    public static Impersonation None { get; } = new();

    /// <summary>The user, or null.</summary>
    public string? User { get; init; }

    /// <summary>The user's id, or null.</summary>
    public string? Uid { get; init; }

    /// <summary>The user's groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What else the server is told about the user.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Extra { get; init; } = [];

    /// <summary>The headers for it, each value one header.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers()
    {
        if (User is null) yield break;
        yield return KeyValuePair.Create("Impersonate-User", User);
        if (Uid is not null) yield return KeyValuePair.Create("Impersonate-Uid", Uid);
        foreach (var group in Groups) yield return KeyValuePair.Create("Impersonate-Group", group);
        foreach (var (name, values) in Extra)
        {
            foreach (var value in values) yield return KeyValuePair.Create("Impersonate-Extra-" + HeaderText.EscapeName(name), value);
        }
    }
}
