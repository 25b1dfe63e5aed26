using System.Text.Json.Serialization;

namespace ClusterHeal;

/// <summary>A component of Kubernetes on one host: how it is run there, and whether it runs.</summary>
public sealed record ComponentStatus
{
    /// <summary>The host, as the user named it.</summary>
    public required string HostName { get; init; }

    /// <summary>The component.</summary>
    public required ClusterComponent Component { get; init; }

    /// <summary>What it does.</summary>
    public required ComponentState State { get; init; }

    /// <summary>What starts and stops it.</summary>
    public ComponentMechanism Mechanism { get; init; }

    /// <summary>Its systemd unit, or null for a static pod.</summary>
    public string? UnitName { get; init; }

    /// <summary>Its manifest, where the kubelet looks for it; null for a unit.</summary>
    public string? ManifestPath { get; init; }

    /// <summary>Where ClusterHeal put its manifest meanwhile; null if it has not been moved.</summary>
    public string? ParkedPath { get; init; }

    /// <summary>Its container, if one runs.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Its process, if one runs.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Since when it is in this state, as far as the host knows.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How often it was started again after a crash, if that is counted.</summary>
    public int? RestartCount { get; init; }

    /// <summary>The exit code of its last process, or null while it runs and if it never ran.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How its last run ended in systemd's words, such as <c>success</c>, <c>exit-code</c>, <c>signal</c>.</summary>
    public string? ExitReason { get; init; }

    /// <summary>True if it also starts when the host boots.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>The port that it serves on, by its flags or by default.</summary>
    public int? Port { get; init; }

    /// <summary>True if something listens on <see cref="Port"/>.</summary>
    public bool IsListening { get; init; }

    /// <summary>The program and its arguments: of the process if one runs, otherwise of the unit.</summary>
    public ItemCollection<string> CommandLine { get; init; } = [];

    /// <summary>Other units that systemd stops with it, because they require it.</summary>
    public ItemCollection<string> DependentUnit { get; init; } = [];

    /// <summary>The operation that stopped it, if ClusterHeal did.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>When the host itself starts it again, if ClusterHeal stopped it for a time.</summary>
    public DateTimeOffset? HealsAt { get; init; }

    /// <summary>The timer on the host that does so: <c>systemctl list-timers 'clusterheal-*'</c> shows it.</summary>
    public string? HealTimer { get; init; }

    /// <summary>How the host was logged in to, so that the next cmdlet of a pipeline does it in the same way.</summary>
    [JsonIgnore]
    public HostConnection? HostConnection { get; init; }

    /// <summary>The unit, or the manifest.</summary>
    public string? Source => UnitName ?? ManifestPath;

    /// <summary>The value of a flag, such as <c>--data-dir</c>, or null if it is not given.</summary>
    public string? Flag(string name)
    {
        for (var i = 1; i < CommandLine.Length; i++)
        {
            if (CommandLine[i].StartsWith(name + "=", StringComparison.Ordinal)) return CommandLine[i][(name.Length + 1)..];
            if (CommandLine[i] == name && i + 1 < CommandLine.Length) return CommandLine[i + 1];
        }

        return null;
    }

    /// <summary>One line: <c>Etcd on kubem00: Running (etcd.service)</c>.</summary>
    public override string ToString() => $"{Component} on {HostName}: {State}" + (Source is null ? "" : $" ({Source})");
}
