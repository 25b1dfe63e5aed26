using System.Text.Json;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Real servers on directories that were restored for them, by us or by etcd's own tool.</summary>
internal static class RestoredEtcd
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The options for a release: <c>3.4</c> and <c>3.5</c> from Debian, <c>3.6</c> where the machine has one, else the test is skipped.</summary>
    public static LocalEtcdOptions Options(string release, int members = 1, bool tls = false)
    {
        var options = new LocalEtcdOptions { Members = members, Tls = tls, Fsync = false };
        return release switch
        {
            "3.4" => options with { Release = EtcdRelease.V34 },
            "3.5" => options with { Release = EtcdRelease.V35 },
            _ => options with { BinFolder = FindNewer() },
        };
    }

    /// <summary>The members of an etcd that is prepared, as its restore needs them.</summary>
    public static InitialCluster ClusterOf(LocalEtcd etcd, string token = "restored") =>
        InitialCluster.Parse(string.Join(',', etcd.Members.Select(member => $"{member.Name}={member.PeerUrl}")), token);

    /// <summary>Restores a snapshot by our engine for all members of a new etcd and starts it.</summary>
    public static async Task<(LocalEtcd Etcd, EtcdRestoreResult Result)> StartOursAsync(
        string snapshot, LocalEtcdOptions options, Func<RestoreSpec, RestoreSpec>? with = null)
    {
        var etcd = await LocalEtcd.PrepareAsync(options, Cancel);
        try
        {
            var spec = new RestoreSpec { Cluster = ClusterOf(etcd) };
            using var restore = await SnapshotRestore.OpenAsync(snapshot, with?.Invoke(spec) ?? spec, Cancel);
            RestoreTarget[] targets = [.. etcd.Members.Select(member => new RestoreTarget(member.Name, member.DataFolder))];
            var results = await restore.RestoreAsync(targets, new RecordingSink(), TimeProvider.System, Cancel);
            await etcd.StartMembersAsync(Cancel);
            return (etcd, results[0]);
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Restores a snapshot by etcd's own tool for a new etcd of one member and starts it.</summary>
    public static async Task<LocalEtcd> StartTheirsAsync(string snapshot, LocalEtcdOptions options)
    {
        var etcd = await LocalEtcd.PrepareAsync(options, Cancel);
        try
        {
            await RestoreByPeerAsync(etcd, snapshot, etcd.Members[0].DataFolder);
            await etcd.StartMembersAsync(Cancel);
            return etcd;
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Restores the first member of an etcd by etcd's own tool.</summary>
    public static async Task RestoreByPeerAsync(LocalEtcd etcd, string snapshot, string dataFolder) =>
        (await etcd.EtcdUtlAsync(
            Cancel,
            "snapshot", "restore", snapshot, $"--data-dir={dataFolder}", $"--name={etcd.Members[0].Name}", "--initial-cluster-token=restored",
            $"--initial-cluster={ClusterOf(etcd)}", $"--initial-advertise-peer-urls={etcd.Members[0].PeerUrl}")).Expect();

    /// <summary>HashKV of every member.</summary>
    public static async Task<uint[]> HashKVAsync(LocalEtcd etcd, long revision)
    {
        var result = await etcd.EtcdCtlAsync(Cancel, "endpoint", "hashkv", $"--rev={revision}", "--write-out=json");
        using var json = JsonDocument.Parse(result.Expect().Output);
        return [.. json.RootElement.EnumerateArray().Select(member => member.GetProperty("HashKV").GetProperty("hash").GetUInt32())];
    }

    /// <summary>What a client sees: all keys with their revisions and leases, users, roles, leases and members, as text.</summary>
    public static async Task<string> DumpAsync(LocalEtcd etcd)
    {
        string[][] questions =
        [
            ["get", "", "--prefix", "--write-out=json"], ["lease", "list"], ["user", "list"], ["role", "list"], ["member", "list"],
        ];
        var answers = new List<string>();
        foreach (var question in questions) answers.Add((await etcd.EtcdCtlAsync(Cancel, question)).Expect().Output);
        using var keys = JsonDocument.Parse(answers[0]);
        answers[0] = keys.RootElement.TryGetProperty("kvs", out var kvs) ? kvs.GetRawText() : "";
        // Leases are listed in no order.
        answers[1] = string.Join('\n', answers[1].Split('\n').Order(StringComparer.Ordinal));
        // Ports differ from one etcd to the next, and so do the IDs that come from them.
        answers[^1] = $"{answers[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length} members";
        return string.Join('\n', answers);
    }

    private static string FindNewer()
    {
        string?[] folders =
        [
            Environment.GetEnvironmentVariable("ETCD36_BINARIES"),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        ];
        var found = folders.FirstOrDefault(
            folder => folder is { Length: > 0 } && File.Exists(Path.Combine(folder, "etcd")) && File.Exists(Path.Combine(folder, "etcdutl")));
        if (found is null) Assert.Skip("There is no etcd 3.6: put etcd, etcdctl and etcdutl into a folder and name it in ETCD36_BINARIES.");
        return found;
    }
}
