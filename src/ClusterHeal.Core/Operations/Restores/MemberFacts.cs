using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What a restore must know of a host before it touches anything there.</summary>
/// <param name="IsRoot">True where scripts run as root.</param>
/// <param name="HasData">True where the data directory exists.</param>
/// <param name="FreeBytes">Free bytes on its filesystem.</param>
/// <param name="WalIsMount">True where the separate WAL directory is the root of a filesystem, so that it cannot be renamed.</param>
/// <param name="HasCurl">True where the host can ask its etcd for its health.</param>
/// <param name="CanRename">True where <c>mv</c> knows <c>-T</c>, without which a rename onto a folder would move into it.</param>
/// <param name="Version">The version that the etcd program says, or null.</param>
/// <param name="Addresses">The IP addresses of the host, without loopback; empty where it cannot tell.</param>
/// <param name="Restores">Former restores whose data lie on the host, by age.</param>
internal sealed record MemberFacts(
    bool IsRoot,
    bool HasData,
    long FreeBytes,
    bool WalIsMount,
    bool HasCurl,
    bool CanRename,
    Version? Version,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<FormerRestore> Restores)
{
    /// <summary>Asks a host. The paths may be empty where they are not known yet.</summary>
    public static async Task<MemberFacts> AskAsync(
        IHostShell shell, string dataDirectory, string? walDirectory, string? program, CancellationToken cancellationToken)
    {
        var script = new HostScript(MemberScript.Text("inspect-member"), dataDirectory, walDirectory ?? "", program ?? "") { Purpose = "look at the etcd member" };
        var answer = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        var facts = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToLookup(words => words[0]);
        return new MemberFacts(
            IsRoot: First("user") == "0",
            HasData: First("data") is not null,
            FreeBytes: long.TryParse(First("free"), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : 0,
            WalIsMount: First("wal-mount") is not null,
            HasCurl: First("curl") is not null,
            CanRename: First("mv") is not null,
            Version: Version.TryParse(First("version"), out var version) ? version : null,
            Addresses: [.. facts["address"].Where(words => words.Length > 1).Select(words => words[1])],
            Restores: [.. facts["restore"].Where(words => words.Length == 4).Select(words => new FormerRestore(words[1], words[2] == "finished", words[3]))]);

        string? First(string name) => facts[name].FirstOrDefault(words => words.Length > 1)?[1];
    }
}

/// <summary>A restore of which a host still has data.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="IsFinished">False where nobody brought it to an end.</param>
/// <param name="Side"><c>old</c> or <c>new</c>, the side that lies in place; <c>none</c> where nothing is left of it.</param>
internal sealed record FormerRestore(string OperationId, bool IsFinished, string Side);
