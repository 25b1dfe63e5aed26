using System.Globalization;
using System.Text.Json;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>A snapshot with its revision and the HashKV of the server that it was taken from.</summary>
internal sealed class TakenSnapshot : IDisposable
{
    private readonly string? _folder;

    private TakenSnapshot(string path, long revision, uint hash, string? folder)
    {
        (Path, Revision, Hash, _folder) = (path, revision, hash, folder);
    }

    public string Path { get; }

    public long Revision { get; }

    public uint Hash { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TakenSnapshot Of(string path, long revision, uint hash) => new(path, revision, hash, null);

    /// <summary>Takes one of an etcd 3.4 with a few keys in it.</summary>
    public static Task<TakenSnapshot> By34Async() => TakeAsync(new LocalEtcdOptions { Release = EtcdRelease.V34 }, async etcd =>
    {
        for (var i = 0; i < 5; i++) (await etcd.EtcdCtlAsync(Cancel, "put", $"key{i}", $"value{i}")).Expect();
        (await etcd.EtcdCtlAsync(Cancel, "del", "key3")).Expect();
    });

    /// <summary>Starts an etcd, fills it, and takes its snapshot with its own tool.</summary>
    public static async Task<TakenSnapshot> TakeAsync(LocalEtcdOptions options, Func<LocalEtcd, Task> fill)
    {
        var folder = Directory.CreateTempSubdirectory("clusterheal-snapshot-").FullName;
        var path = System.IO.Path.Combine(folder, "snapshot.db");
        await using var etcd = await LocalEtcd.StartAsync(options, Cancel);
        await fill(etcd);
        using var status = JsonDocument.Parse((await etcd.EtcdCtlAsync(Cancel, "endpoint", "status", "--write-out=json")).Expect().Output);
        var revision = status.RootElement[0].GetProperty("Status").GetProperty("header").GetProperty("revision").GetInt64();
        var hash = await RestoredEtcd.HashKVAsync(etcd, revision);
        (await etcd.EtcdCtlAsync(Cancel, "snapshot", "save", path)).Expect();
        return new TakenSnapshot(path, revision, hash[0], folder);
    }

    public void Dispose()
    {
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path} at {Revision}");
}
