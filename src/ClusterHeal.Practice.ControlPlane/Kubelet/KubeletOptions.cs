using System.Net;
using ClusterHeal.Practice.ControlPlane.Objects;

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

    /// <summary>The folder of the container runtime's socket, or null if no runtime is asked.</summary>
    public string? RuntimeFolder { get; init; }

    /// <summary>True if static pods are processes of this host. Otherwise they are only in the API.</summary>
    public bool RunsStaticPods { get; init; }

    /// <summary>True if this program serves the node ports too; on a host a kube-proxy does that.</summary>
    public bool ServesNodePorts { get; init; }

    /// <summary>Taints for the node when it registers: key, value, effect.</summary>
    public required IReadOnlyList<(string Key, string Value, string Effect)> Taints { get; init; }

    public int MaxPods { get; init; }

    /// <summary>How long a container takes until it is ready.</summary>
    public TimeSpan StartDelay { get; init; }

    /// <summary>How long a container takes to end after it was asked to.</summary>
    public TimeSpan StopDelay { get; init; }

    /// <summary>Reads a command line, and the file that its <c>--config</c> names.</summary>
    public static KubeletOptions Read(Flags flags)
    {
        if (flags.Text("config") is { } file) flags.AddFallbacks(Yaml.Read(File.ReadAllText(file)).First());
        return Take(flags);
    }

    private static KubeletOptions Take(Flags flags) => new()
    {
        NodeName = flags.Text("hostname-override") ?? Environment.MachineName.ToLowerInvariant(),
        NodeIp = IPAddress.Parse(flags.Text("node-ip") ?? "127.0.0.1"),
        NodeLabels = (flags.Text("node-labels") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : ""),
        StatusFrequency = flags.Duration("node-status-update-frequency", TimeSpan.FromSeconds(10)),
        LeaseDuration = TimeSpan.FromSeconds(flags.Number("node-lease-duration-seconds", 40)),
        ManifestFolder = flags.Text("pod-manifest-path") ?? flags.Text("static-pod-path"),
        RuntimeFolder = Path.GetDirectoryName(flags.Text("container-runtime-endpoint")?.Replace("unix://", "", StringComparison.Ordinal)),
        RunsStaticPods = flags.Flag("practice-run-static-pods", false),
        ServesNodePorts = flags.Flag("practice-serve-node-ports", true),
        Taints = [.. (flags.Text("register-with-taints") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Taint)],
        MaxPods = flags.Number("max-pods", 110),
        StartDelay = flags.Duration("practice-start-delay", TimeSpan.FromMilliseconds(300)),
        StopDelay = flags.Duration("practice-stop-delay", TimeSpan.FromMilliseconds(200)),
    };

    /// <summary>Reads <c>key=value:effect</c>.</summary>
    private static (string Key, string Value, string Effect) Taint(string text)
    {
        var (pair, effect) = (text[..text.LastIndexOf(':')], text[(text.LastIndexOf(':') + 1)..]);
        return (pair.Split('=')[0], pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=', 2)[1] : "", effect);
    }
}
