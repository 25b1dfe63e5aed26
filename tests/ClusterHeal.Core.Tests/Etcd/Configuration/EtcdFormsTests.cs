using ClusterHeal.Etcd.Configuration;
using static ClusterHeal.Tests.Etcd.Configuration.EtcdConfigurationReaderTests;

namespace ClusterHeal.Tests.Etcd.Configuration;

/// <summary>Units, wrappers and pods as people write them: the true settings, or a plain word that the form is not understood.</summary>
public sealed class EtcdFormsTests
{
    [Theory]
    [InlineData("/usr/bin/etcd --name a --data-dir '/d x'", "a", "/d x")]
    [InlineData("-/usr/bin/etcd-3.5 --name=a", "a", "/srv/start/a.etcd")]
    [InlineData("@/usr/bin/etcd the-etcd --name %p --data-dir=/var/lib/%N/%i%%", "the", "/var/lib/the-file/%")]
    [InlineData(":/usr/bin/etcd --name ${NAME}", "${NAME}", "/srv/start/${NAME}.etcd")]
    [InlineData("/usr/bin/etcd $FLAGS --name ${NAME}", "n 1", "/flag s")]
    [InlineData("/usr/bin/etcd --name \\x61\\142\\u0063", "abc", "/srv/start/abc.etcd")]
    [InlineData("/usr/bin/env -u NAME ETCD_NAME=b -- nice -n 5 ionice -c2 -n 7 /usr/bin/etcd", "b", "/srv/start/b.etcd")]
    [InlineData("/usr/bin/nice -10 nohup etcd --name b", "b", "/srv/start/b.etcd")]
    [InlineData("/bin/sh -c 'ETCD_NAME=\"x $NAME\" exec /usr/bin/etcd --data-dir \"$DIR\"'", "x n 1", "/data")]
    [InlineData("/bin/bash -ec \"GOMAXPROCS=$$(nproc) /usr/bin/etcd --name=\\\"${NAME}\\\" --data-dir ${DIR}\"", "n 1", "/data")]
    public async Task A_unit_is_read_as_systemd_reads_it(string command, string name, string folder)
    {
        var unit = $"""
            [Service]
            WorkingDirectory=/srv/start
            Environment="NAME=n 1" DIR=/data "FLAGS=--data-dir '/flag s'" GONE=1
            UnsetEnvironment=GONE
            ExecStart={command}
            """;
        var configuration = await ParseAsync(unit, path: "/etc/systemd/system/the-file.service");
        Assert.Equal((name == "the" ? "the-file" : name, folder), (configuration.Name, configuration.DataDirectory));
    }

    [Fact]
    public async Task The_unit_of_Debian_is_read_with_its_defaults_file()
    {
        var defaults = await File.ReadAllTextAsync(Fixture.PathOf("etcd/configuration/deb-default-etcd"), TestContext.Current.CancellationToken);
        const string Unit = """
            [Service]
            Environment=DAEMON_ARGS=
            Environment=ETCD_NAME=%H
            Environment=ETCD_DATA_DIR=/var/lib/etcd/default
            EnvironmentFile=-/etc/default/%p
            Type=notify
            User=etcd
            PermissionsStartOnly=true
            ExecStart=/usr/bin/etcd $DAEMON_ARGS
            """;
        var files = new Dictionary<string, string> { ["/etc/default/etcd"] = defaults };
        var configuration = await ParseAsync(Unit, files, "/lib/systemd/system/etcd.service");
        Assert.Equal(("master1", "/srv/etcd/master1"), (configuration.Name, configuration.DataDirectory));
        Assert.Equal(["http://127.0.0.1:12379"], configuration.Endpoint);
        Assert.Equal(Environment.MachineName, (await ParseAsync(Unit, path: "/lib/systemd/system/etcd.service")).Name);
    }

    [Theory]
    [InlineData("bash-datadir-last.service", "n1", "/var/lib/etcd")]
    [InlineData("rpm-bash.service", "rpm", "/var/lib/etcd/rpm")]
    [InlineData("envonly.yaml", "n1", "/srv/etcd")]
    [InlineData("yes.yml", "n1", "/d")]
    [InlineData("trusted-ca-without-client-cert-auth.env", "n1", "/var/lib/etcd")]
    public async Task Forms_that_people_use_are_read(string name, string member, string folder)
    {
        var text = await File.ReadAllTextAsync(Fixture.PathOf($"etcd/configuration/{name}"), TestContext.Current.CancellationToken);
        var files = new Dictionary<string, string> { ["/etc/etcd/rpm.conf"] = "ETCD_NAME=rpm\nETCD_DATA_DIR=/var/lib/etcd/rpm\nETCD_LISTEN_CLIENT_URLS=http://127.0.0.1:1" };
        var configuration = await ParseAsync(text, files);
        Assert.Equal((member, folder), (configuration.Name, configuration.DataDirectory));
        var demands = name is "yes.yml" or "trusted-ca-without-client-cert-auth.env";
        Assert.Equal(demands, configuration.ClientCertAuth);
        Assert.Equal(demands, configuration.CertFile is not null);
    }

    [Theory]
    [InlineData("docker.service", "starts a container by '/usr/bin/docker'")]
    [InlineData("script.service", "starts '/opt/etcd/start.sh', not etcd itself")]
    public async Task Forms_that_cannot_be_followed_are_told_so(string name, string says)
    {
        var text = await File.ReadAllTextAsync(Fixture.PathOf($"etcd/configuration/{name}"), TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ParseAsync(text));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Contains("-Endpoint", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wildcards_and_drop_ins_are_found_as_systemd_finds_them()
    {
        using var folder = new TempFolder();
        void Write(string name, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            File.WriteAllText(folder.File(name), text);
        }

        Write("etcd.service", $"[Service]\nEnvironmentFile={folder.Path}/e/rp*.conf\nEnvironmentFile=-{folder.Path}/none/*\nExecStart=/usr/bin/etcd\n");
        Write("e/rpm.conf", "ETCD_NAME=two\nETCD_DATA_DIR=/d2");
        Write("e/rp.conf", "ETCD_NAME=one\nETCD_WAL_DIR=/w1");
        Write("e/.rp.conf", "ETCD_NAME=hidden");
        Write("etcd.service.d/20-b.conf", "[Service]\nUnsetEnvironment=ETCD_WAL_DIR=/other\nExecStart=\nExecStart=/usr/bin/etcd --listen-peer-urls=http://b:1");
        Write("etcd.service.d/10-a.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/etcd --listen-peer-urls=http://a:1");
        Write("service.d/10-a.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/etcd --listen-peer-urls=http://c:1");
        var configuration = await EtcdConfigurationReader.Local.ReadAsync(folder.File("etcd.service"), TestContext.Current.CancellationToken);
        Assert.Equal(("two", "/d2", "/w1"), (configuration.Name, configuration.DataDirectory, configuration.WalDirectory));
        Assert.Equal(["http://b:1"], configuration.ListenPeerUrls);
        File.Delete(folder.File("e/rpm.conf"));
        File.Delete(folder.File("e/rp.conf"));
        var missing = await Assert.ThrowsAsync<ClusterHealException>(() => EtcdConfigurationReader.Local.ReadAsync(folder.File("etcd.service"), TestContext.Current.CancellationToken));
        Assert.Equal(ErrorIds.PathNotFound, missing.ErrorId);
    }
}
