using System.Net;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>How a kubelet runs; named as the flags of the real one, and the fields of its configuration file.</summary>
internal sealed record KubeletOptions
{
    public required string NodeName { get; init; }

    public required IPAddress NodeIp { get; init; }

    /// <summary>Labels for the node when it registers.</summary>
    public required IReadOnlyDictionary<string, string> NodeLabels { get; init; }

    public TimeSpan StatusFrequency { get; init; }

    public TimeSpan LeaseDuration { get; init; }

    /// <summary>The folder of static pods, or null.</summary>
    public string? ManifestFolder { get; init; }

    public int MaxPods { get; init; }

    /// <summary>How long a container takes until it is ready.</summary>
    public TimeSpan StartDelay { get; init; }

    /// <summary>How long a container takes to end after it was asked to.</summary>
    public TimeSpan StopDelay { get; init; }

    /// <summary>Reads a command line.</summary>
    public static KubeletOptions Read(Flags flags) => new()
    {
        NodeName = flags.Text("hostname-override") ?? Environment.MachineName.ToLowerInvariant(),
        NodeIp = IPAddress.Parse(flags.Text("node-ip") ?? "127.0.0.1"),
        NodeLabels = (flags.Text("node-labels") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : ""),
        StatusFrequency = flags.Duration("node-status-update-frequency", TimeSpan.FromSeconds(10)),
        LeaseDuration = TimeSpan.FromSeconds(flags.Number("node-lease-duration-seconds", 40)),
        ManifestFolder = flags.Text("pod-manifest-path"),
        MaxPods = flags.Number("max-pods", 110),
        StartDelay = flags.Duration("practice-start-delay", TimeSpan.FromMilliseconds(300)),
        StopDelay = flags.Duration("practice-stop-delay", TimeSpan.FromMilliseconds(200)),
    };
}
