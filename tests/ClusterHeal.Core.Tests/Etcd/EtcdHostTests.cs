using System.Security.Cryptography;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Etcd;

/// <summary>etcd on a host's loopback, with client certificates that lie on that host only: from here port 22 is the one way.</summary>
public sealed class EtcdHostTests(EtcdHostTests.Fixture fixture) : IClassFixture<EtcdHostTests.Fixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("u1")]
    [InlineData("p1")]
    public async Task The_configuration_is_found_and_a_snapshot_is_saved_through_the_host(string name)
    {
        var hosts = name == "u1" ? fixture.Units : fixture.Pods;
        var host = hosts[name];
        await using var shell = hosts.Shell(host);
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, hosts.Connection(host), Stop);
        Assert.Equal((name, "/var/lib/etcd"), (configuration.Name, configuration.DataDirectory));
        Assert.Equal(["https://127.0.0.1:2379"], configuration.Endpoint);
        Assert.Equal(host.Address, configuration.HostName);

        var connection = await EtcdHost.ConnectAsync(shell, configuration, Stop);
        using var tls = connection.Tls;
        var file = Path.Combine(hosts.Folder, "save.db");
        var sink = new RecordingSink();
        await new SnapshotSaver(connection, new SnapshotSaveOptions { Path = file }, TimeProvider.System).RunAsync(sink, Stop);
        Assert.Empty(sink.Faults.Select(fault => fault.Message));
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        Assert.Equal(SHA256.HashData(bytes.AsSpan(..^32)), bytes[^32..]);

        var live = (await SnapshotTester.TestAsync(file, connection, null, Stop)).Single(result => result.Name == "HashKV");
        Assert.True(live.Status == CheckStatus.Pass, live.Message);
    }

    [Fact]
    public async Task An_endpoint_that_the_host_cannot_reach_is_an_error_that_names_both()
    {
        var host = fixture.Units["u1"];
        await using var shell = fixture.Units.Shell(host);
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, fixture.Units.Connection(host), Stop);
        var connection = await EtcdHost.ConnectAsync(shell, configuration, Stop);
        using var tls = connection.Tls;
        using var client = connection.Open(EtcdEndpoint.Parse("https://127.0.0.1:1"));
        var fault = await Assert.ThrowsAnyAsync<ClusterHealException>(() => client.StatusAsync(Stop));
        Assert.Contains("127.0.0.1:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_etcd_is_told_so()
    {
        var host = fixture.Units["empty"];
        await using var shell = fixture.Units.Shell(host);
        var fault = await Assert.ThrowsAsync<HostShellException>(
            () => EtcdHost.ReadConfigurationAsync(shell, fixture.Units.Connection(host), Stop));
        Assert.Equal(ErrorIds.ComponentNotFound, fault.ErrorId);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private PracticeEtcd _units = null!;
        private PracticeEtcd _pods = null!;

        public PracticeHosts Units { get; private set; } = null!;

        public PracticeHosts Pods { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, CancellationToken.None);
            _units = new PracticeEtcd(programs, EtcdForm.SystemdUnit, loopbackOnly: true);
            _pods = new PracticeEtcd(programs, EtcdForm.StaticPod, loopbackOnly: true);
            Units = await PracticeHosts.StartAsync(
                ["u1", "empty"], CancellationToken.None, hosts => _units.Install([hosts["u1"]]), sharedFiles: _units.SharedFiles);
            Pods = await PracticeHosts.StartAsync(["p1"], CancellationToken.None, _pods.Install, sharedFiles: _pods.SharedFiles);
            await _units.WaitUntilHealthyAsync(CancellationToken.None);
            await _pods.WaitUntilHealthyAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await Units.DisposeAsync();
            await Pods.DisposeAsync();
            _units.Dispose();
            _pods.Dispose();
        }
    }
}
