using ClusterHeal.Practice.Peers;

namespace ClusterHeal.Tests.Practice;

/// <summary>Downloads with the machine's real apt.</summary>
public sealed class PeerCacheTests : IDisposable
{
    private static readonly PeerSet Small = new("small", "trixie", "etcd-client");
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-peers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Two_programs_that_want_the_same_set_share_one_download_and_leave_only_the_set()
    {
        var said = new List<string>();
        void Say(string line)
        {
            lock (said) said.Add(line);
        }

        var peers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            new PeerCache(_folder, Say).GetAsync(Small, TestContext.Current.CancellationToken)));

        Assert.True(File.Exists(Path.Combine(peers[0].Bin, "etcdctl")));
        Assert.Single(peers.Distinct());
        Assert.Single(said, line => line.StartsWith("Downloading small: etcd-client", StringComparison.Ordinal));
        Assert.Equal([".small.lock", "small"], Entries());
    }

    [Fact]
    public async Task A_download_that_was_cut_off_is_not_believed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".small.part", "root", "usr", "bin"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, ".small.part", "root", "usr", "bin", "etcdctl"), "half", TestContext.Current.CancellationToken);

        var peer = await new PeerCache(_folder, _ => { }).GetAsync(Small, TestContext.Current.CancellationToken);

        Assert.True(new FileInfo(Path.Combine(peer.Bin, "etcdctl")).Length > 1_000_000);
    }

    [Fact]
    public async Task A_package_that_does_not_exist_is_named_and_nothing_stays()
    {
        var wrong = new PeerSet("wrong", "trixie", "clusterheal-no-such-package");

        var failure = await Assert.ThrowsAsync<ClusterHeal.Practice.PracticeException>(() =>
            new PeerCache(_folder, _ => { }).GetAsync(wrong, TestContext.Current.CancellationToken));

        Assert.Contains("clusterheal-no-such-package", failure.Message, StringComparison.Ordinal);
        Assert.Equal([".wrong.lock"], Entries());
    }

    [Fact]
    public async Task The_package_lists_of_the_machine_stay_as_they_are()
    {
        var before = MachineLists();

        await new PeerCache(_folder, _ => { }).GetAsync(Small, TestContext.Current.CancellationToken);

        Assert.Equal(before, MachineLists());
    }

    private static string[] MachineLists() =>
        [.. Directory.GetFiles("/var/lib/apt/lists").Order().Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O}")];

    private string[] Entries() => [.. Directory.GetFileSystemEntries(_folder).Select(entry => Path.GetFileName(entry)).Order()];
}
