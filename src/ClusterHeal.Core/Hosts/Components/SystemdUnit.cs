using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterHeal.Hosts;

/// <summary>What systemd says about a unit: the properties that <c>unit_facts</c> of <c>systemd.sh</c> prints.</summary>
internal sealed partial class SystemdUnit
{
    private static readonly string[] StoppedAlong = ["RequiredBy", "BoundBy", "ConsistsOf"];

    private readonly Dictionary<string, string> _properties = [];

    private SystemdUnit()
    {
    }

    public string Name => _properties["Id"];

    /// <summary>Whether systemd has its file.</summary>
    public bool IsLoaded => Value("LoadState") == "loaded";

    /// <summary>False if it does not run, does not start and does not stop.</summary>
    public bool IsActive => Value("ActiveState") is not ("inactive" or "failed" or "");

    /// <summary>What it does.</summary>
    public ComponentState State => Value("ActiveState") switch
    {
        "active" or "reloading" => ComponentState.Running,
        "activating" => ComponentState.Starting,
        "deactivating" => ComponentState.Stopping,
        "failed" => ComponentState.Failed,
        _ => ComponentState.Stopped,
    };

    /// <summary>Its main process, or null.</summary>
    public int? MainProcess => Number("MainPID") is > 0 and var id ? id : null;

    /// <summary>When it got into its state.</summary>
    public DateTimeOffset? Since => Time(IsUp ? "ActiveEnterTimestamp" : "InactiveEnterTimestamp");

    /// <summary>How often systemd restarted it.</summary>
    public int? RestartCount => Number("NRestarts");

    /// <summary>The exit code of its process, if that has ended.</summary>
    public int? ExitCode => IsUp || Number("ExecMainCode") is null or 0 ? null : Number("ExecMainStatus");

    /// <summary>Why it does not run.</summary>
    public string? ExitReason => IsUp ? null : _properties.GetValueOrDefault("Result");

    /// <summary>Whether it is started at boot.</summary>
    public bool IsEnabled => Value("UnitFileState") is "enabled" or "enabled-runtime" or "static" or "generated" or "indirect";

    /// <summary>The command line with which it starts.</summary>
    // ExecStart={ path=/usr/bin/etcd ; argv[]=/usr/bin/etcd --name x ; ignore_errors=no ; … }
    public string[] CommandLine =>
        Arguments().Match(Value("ExecStart")) is { Success: true } match ? match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>The services that stop with it.</summary>
    public string[] Dependents =>
    [
        .. StoppedAlong.SelectMany(name => Value(name).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(name => name.EndsWith(".service", StringComparison.Ordinal)).Distinct(),
    ];

    private bool IsUp => State is ComponentState.Running or ComponentState.Stopping;

    /// <summary>Reads the lines. An empty line separates two units. Units without a file are left out.</summary>
    public static IReadOnlyList<SystemdUnit> ParseAll(IEnumerable<string> lines)
    {
        List<SystemdUnit> units = [new()];
        foreach (var line in lines)
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (line.Length == 0) units.Add(new SystemdUnit());
            else if (at > 0) units[^1]._properties[line[..at]] = line[(at + 1)..];
        }

        return [.. units.Where(unit => unit.IsLoaded)];
    }

    private string Value(string name) => _properties.GetValueOrDefault(name, "");

    private int? Number(string name) => int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // In UTC, because the script sets TZ=UTC: "Sun 2026-11-22 15:55:49 UTC".
    private DateTimeOffset? Time(string name) =>
        DateTimeOffset.TryParseExact(Value(name), "ddd yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    [GeneratedRegex(@"argv\[\]=(.*?) ; ignore_errors=")]
    private static partial Regex Arguments();
}
