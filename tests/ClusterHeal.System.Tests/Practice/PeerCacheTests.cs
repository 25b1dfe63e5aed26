using System.Collections.Concurrent;
using ClusterHeal.Practice;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Practice;

/// <summary>Downloads with the machine's real apt.</summary>
public sealed class PeerCacheTests : IDisposable
{
    private static readonly PeerSet Small = new("small", "trixie", "etcd-client");
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-peers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Programs_that_want_the_same_set_share_one_download_and_believe_no_half_one_and_leave_the_machine_alone()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var said = new ConcurrentQueue<string>();
        var before = MachineLists();
        var half = Path.Combine(_folder, ".small.part", "root", "usr", "bin");
        Directory.CreateDirectory(half);
        await File.WriteAllTextAsync(Path.Combine(half, "etcdctl"), "cut off", cancellationToken);

        var peers = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => new PeerCache(_folder, said.Enqueue).GetAsync(Small, cancellationToken)));

        Assert.Single(peers.Distinct());
        var version = await Tool.RunAsync(Path.Combine(peers[0].Bin, "etcdctl"), ["version"], cancellationToken);
        Assert.Contains("3.5.", version.Expect().Output, StringComparison.Ordinal);
        Assert.Single(said, line => line.StartsWith("Downloading small: etcd-client", StringComparison.Ordinal));
        Assert.Equal([".small.lock", "small"], Entries());
        Assert.Equal(before, MachineLists());
    }

    [Fact]
    public async Task A_package_that_does_not_exist_is_named_and_nothing_stays()
    {
        // The shortest list of packages that the archive has.
        var wrong = new PeerSet("wrong", "trixie-updates", "clusterheal-no-such-package");

        var failure = await Assert.ThrowsAsync<PracticeException>(() =>
            new PeerCache(_folder, _ => { }).GetAsync(wrong, TestContext.Current.CancellationToken));

        Assert.Contains("clusterheal-no-such-package", failure.Message, StringComparison.Ordinal);
        Assert.Equal([".wrong.lock"], Entries());
    }

    private static string[] MachineLists() =>
        [.. Directory.GetFiles("/var/lib/apt/lists").Order().Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O}")];

    private string[] Entries() => [.. Directory.GetFileSystemEntries(_folder).Select(entry => Path.GetFileName(entry)).Order()];
}
