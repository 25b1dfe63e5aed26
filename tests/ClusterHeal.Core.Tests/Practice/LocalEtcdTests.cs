using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Practice;

public sealed class LocalEtcdTests
{
    [Theory]
    [InlineData(EtcdRelease.V34, "3.4")]
    [InlineData(EtcdRelease.V35, "3.5")]
    public async Task An_etcd_with_tls_answers_etcdctl_and_leaves_nothing(EtcdRelease release, string version)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release, Tls = true }, cancellationToken);
        var (processId, folder) = (etcd.Members[0].ProcessId!.Value, Path.GetDirectoryName(etcd.CaFile));
        try
        {
            (await etcd.EtcdCtlAsync(cancellationToken, "put", "a", "1")).Expect();
            var status = (await etcd.EtcdCtlAsync(cancellationToken, "endpoint", "status", "--write-out=json")).Expect();
            Assert.Contains($"\"version\":\"{version}.", status.Output, StringComparison.Ordinal);
        }
        finally
        {
            await etcd.DisposeAsync();
        }

        Assert.False(Directory.Exists(folder));
        Assert.False(Directory.Exists($"/proc/{processId}"));
    }

    [Fact]
    public async Task A_member_that_was_killed_comes_back_to_the_other_two()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, cancellationToken);

        await etcd.Members[1].KillAsync();
        Assert.Null(etcd.Members[1].ProcessId);
        await etcd.Members[1].StartAsync(cancellationToken);

        var health = (await etcd.EtcdCtlAsync(cancellationToken, "endpoint", "health")).Expect();
        Assert.Equal(3, (health.Output + health.Error).Split('\n').Count(line => line.Contains("is healthy", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_given_data_folder_is_kept_and_served_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("clusterheal-data-").FullName;
        try
        {
            var options = new LocalEtcdOptions { DataFolder = folder };
            await using (var first = await LocalEtcd.StartAsync(options, cancellationToken))
            {
                (await first.EtcdCtlAsync(cancellationToken, "put", "a", "kept")).Expect();
                await first.Members[0].StopAsync(cancellationToken);
            }
            await using var second = await LocalEtcd.StartAsync(options, cancellationToken);
            Assert.Equal("kept\n", (await second.EtcdCtlAsync(cancellationToken, "get", "a", "--print-value-only")).Expect().Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_etcd_that_cannot_start_says_why()
    {
        var failure = await Assert.ThrowsAsync<ClusterHeal.Practice.PracticeException>(() =>
            LocalEtcd.StartAsync(new LocalEtcdOptions { Arguments = ["--no-such-flag"] }, TestContext.Current.CancellationToken));

        Assert.Contains("no-such-flag", failure.Message, StringComparison.Ordinal);
    }
}
