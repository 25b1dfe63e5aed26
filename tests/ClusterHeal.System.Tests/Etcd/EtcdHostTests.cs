using System.Security.Cryptography;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
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
    public async Task Debians_own_unit_is_read_and_an_etcd_that_runs_otherwise_is_not_restored()
    {
        var host = fixture.Units["d1"];
        var connection = fixture.Units.Connection(host);
        await using var shell = fixture.Units.Shell(host);
        var defaults = await File.ReadAllTextAsync(ClusterHeal.Tests.Fixture.PathOf("etcd/configuration/deb-default-etcd"), Stop);
        await RunAsync(
            """
            set -e
            id etcd > /dev/null 2>&1 || useradd --system etcd
            printf '%s' "$1" > /etc/systemd/system/etcd.service
            printf '%s' "$2" > /etc/default/etcd
            mkdir -p /srv/etcd && chown etcd /srv/etcd
            printf '#!/bin/sh\nexec /usr/bin/etcd\n' > /usr/local/bin/start-etcd && chmod 755 /usr/local/bin/start-etcd
            systemctl daemon-reload && systemctl start etcd.service
            """,
            fixture.DebianUnit,
            defaults);
        var read = await EtcdHost.ReadConfigurationAsync(shell, connection, Stop);
        Assert.Equal(("master1", "/srv/etcd/master1"), (read.Name, read.DataDirectory));
        Assert.Equal(["http://127.0.0.1:12379"], read.Endpoint);
        Assert.Empty(read.Notes.Concat(read.Difference));

        await RunAsync("sed -i s/master1/other/ /etc/default/etcd");
        var changed = await EtcdHost.ReadConfigurationAsync(shell, connection, Stop);
        Assert.Equal("/srv/etcd/master1", changed.DataDirectory);
        Assert.Contains("The data folder: '/srv/etcd/other' in /etc/systemd/system/etcd.service, '/srv/etcd/master1' in the etcd that runs.", changed.Difference);
        var refusal = await Assert.ThrowsAsync<ClusterHealException>(() => RestoreSurvey.LookAsync([(shell, connection)], TimeProvider.System, Stop));
        Assert.Equal(ErrorIds.EtcdConfigurationDiffers, refusal.ErrorId);

        // A script whose work nobody can read: what it started can be.
        await RunAsync(
            """
            set -e
            sed -i s/other/master1/ /etc/default/etcd
            mkdir -p /etc/systemd/system/etcd.service.d
            printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/start-etcd\n' > /etc/systemd/system/etcd.service.d/10-script.conf
            systemctl daemon-reload && systemctl restart etcd.service
            """);
        var wrapped = await EtcdHost.ReadConfigurationAsync(shell, connection, Stop);
        Assert.Equal(("master1", "/srv/etcd/master1"), (wrapped.Name, wrapped.DataDirectory));
        Assert.Contains("starts '/usr/local/bin/start-etcd', not etcd itself", Assert.Single(wrapped.Notes), StringComparison.Ordinal);
        await RunAsync("systemctl stop etcd.service");
        var stopped = await Assert.ThrowsAsync<ClusterHealException>(() => EtcdHost.ReadConfigurationAsync(shell, connection, Stop));
        Assert.Equal(ErrorIds.EtcdConfigurationInvalid, stopped.ErrorId);

        Task RunAsync(string text, params string[] arguments) => shell.RunCheckedAsync(new HostScript(text, arguments), Stop);
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

        /// <summary>The unit of Debian's package etcd-server, as it is.</summary>
        public string DebianUnit { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            var programs = await EtcdPrograms.GetAsync(EtcdRelease.V35, CancellationToken.None);
            var package = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(programs.Server)!, "..", ".."));
            DebianUnit = await File.ReadAllTextAsync(Directory.EnumerateFiles(package, "etcd.service", SearchOption.AllDirectories).First());
            _units = new PracticeEtcd(programs, EtcdForm.SystemdUnit, loopbackOnly: true);
            _pods = new PracticeEtcd(programs, EtcdForm.StaticPod, loopbackOnly: true);
            Units = await PracticeHosts.StartAsync(
                ["u1", "d1", "empty"], CancellationToken.None, hosts => _units.Install([hosts["u1"]]), sharedFiles: _units.SharedFiles);
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
