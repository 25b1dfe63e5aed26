namespace ClusterHeal.Etcd.Configuration;

/// <summary>What etcd is started with.</summary>
/// <param name="Path">Where it was read, for messages.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Arguments">The words after the program.</param>
/// <param name="Environment">The variables.</param>
internal sealed record EtcdSources(
    string Path, EtcdConfigurationForm Form, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Turns a path as etcd sees it into one of the host; null if they are the same.</summary>
    public Func<string, string>? HostPath { get; init; }

    /// <summary>The image of a pod.</summary>
    public string? Image { get; init; }

    /// <summary>True if an image may set what is not said here. Then etcd's own defaults may be wrong.</summary>
    public bool MayBeIncomplete { get; init; }
}
