using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What a restore must know about a host before it changes anything there.</summary>
internal sealed record MemberFacts
{
    /// <summary>True if scripts run as root.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>True if the data directory exists.</summary>
    public required bool HasData { get; init; }

    /// <summary>Why the scripts do not enter the data directory, such as a link that somebody other than root could change; null if they do.</summary>
    public required string? DataObstacle { get; init; }

    /// <summary>Free bytes on the data directory's filesystem.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>True if the folder <c>member</c> is the root of a filesystem, so that it cannot be renamed.</summary>
    public required bool MemberIsMount { get; init; }

    /// <summary>True if the separate WAL directory is the root of a filesystem.</summary>
    public required bool WalIsMount { get; init; }

    /// <summary>Where the WAL directory really is.</summary>
    public required WalPlace WalPlace { get; init; }

    /// <summary>True if the host has <c>flock</c> and <c>mountpoint</c>, and a <c>mv</c> that has <c>-n</c> and <c>-T</c>.</summary>
    public required bool HasTools { get; init; }

    /// <summary>The version of the program in its unit, major and minor, or null.</summary>
    public required Version? Version { get; init; }

    /// <summary>
    /// <c>same</c> if the member's processes have the database of the data directory open, otherwise the path of another database that they have
    /// open; null if none is seen.
    /// </summary>
    public required string? OpenDatabase { get; init; }

    /// <summary>The IP addresses of the host, without loopback; empty if it does not know them.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Former restores whose data are on the host, by age.</summary>
    public required IReadOnlyList<FormerRestore> Restores { get; init; }

    /// <summary>Asks a host about its member.</summary>
    public static Task<MemberFacts> AskAsync(
        IHostShell shell, EtcdConfiguration configuration, ComponentStatus etcd, CancellationToken cancellationToken) =>
        AskAsync(shell, configuration.DataDirectory, configuration.WalDirectory ?? "", MemberScriptPlan.Line(etcd), cancellationToken);

    /// <summary>Asks a host for the restores whose data it has.</summary>
    public static async Task<IReadOnlyList<FormerRestore>> AskRestoresAsync(IHostShell shell, CancellationToken cancellationToken) =>
        (await AskAsync(shell, "", "", "", cancellationToken).ConfigureAwait(false)).Restores;

    private static async Task<MemberFacts> AskAsync(IHostShell shell, string data, string wal, string etcd, CancellationToken cancellationToken)
    {
        var script = new HostScript(MemberScript.Inspect, data, wal, etcd) { Purpose = "look at the etcd member" };
        var answer = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        var facts = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToLookup(words => words[0]);
        return new MemberFacts
        {
            IsRoot = First("user") == "0",
            HasData = First("data") is not null,
            DataObstacle = facts["obstacle"].Select(words => string.Join(' ', words.Skip(1))).FirstOrDefault(),
            FreeBytes = long.TryParse(First("free"), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : 0,
            MemberIsMount = First("member-mount") is not null,
            WalIsMount = First("wal-mount") is not null,
            WalPlace = First("wal") switch
            {
                "default" => WalPlace.Default, "inside" => WalPlace.InsideMember, "around" => WalPlace.AroundData, _ => WalPlace.Apart,
            },
            HasTools = First("tools") is not null,
            Version = EtcdVersions.ParseMinor(First("version")),
            OpenDatabase = First("opened") == "other" ? string.Join(' ', facts["opened"].First().Skip(2)) : First("opened"),
            Addresses = [.. facts["address"].Where(words => words.Length > 1).Select(words => words[1])],
            Restores = [.. facts["restore"].Where(words => words.Length == 6).Select(words => new FormerRestore(
                words[1], words[2] == "finished", words[3], Number(words[4]) + 1, Number(words[5])))],
        };

        static int Number(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

        string? First(string name) => facts[name].FirstOrDefault(words => words.Length > 1)?[1];
    }
}

/// <summary>Where the folder for the write-ahead log from the settings is.</summary>
internal enum WalPlace
{
    /// <summary>In a separate place, or in the default one because the settings name none.</summary>
    Apart,

    /// <summary>Where it is by default.</summary>
    Default,

    /// <summary>In another place inside the folder <c>member</c>.</summary>
    InsideMember,

    /// <summary>The data directory is inside it.</summary>
    AroundData,
}

/// <summary>A restore whose data a host still has.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="IsFinished">False if it is unfinished.</param>
/// <param name="Version"><c>old</c> or <c>new</c>, the version in place; <c>none</c> if nothing is left of it.</param>
/// <param name="Hosts">How many hosts it had.</param>
/// <param name="LostMembers">How many members of the old data were lost at that time, so that no host has them.</param>
internal sealed record FormerRestore(string OperationId, bool IsFinished, string Version, int Hosts, int LostMembers);
