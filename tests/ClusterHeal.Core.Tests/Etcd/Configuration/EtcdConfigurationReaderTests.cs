using ClusterHeal.Etcd.Configuration;

namespace ClusterHeal.Tests.Etcd.Configuration;

public sealed class EtcdConfigurationReaderTests
{
    private const string EnvironmentText = """
        #[Member]
        ETCD_NAME="kubem00"
        ETCD_DATA_DIR=/var/lib/etcd
        ETCD_LISTEN_CLIENT_URLS="https://10.10.10.80:2379,https://127.0.0.1:2379"
        ETCD_LISTEN_PEER_URLS=https://10.10.10.80:2380
        ETCD_ADVERTISE_CLIENT_URLS='https://10.10.10.80:2379'
        ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.10.10.80:2380
        ETCD_INITIAL_CLUSTER=kubem00=https://10.10.10.80:2380,kubem01=https://10.10.10.81:2380
        ETCD_INITIAL_CLUSTER_TOKEN=prod
        ETCD_INITIAL_CLUSTER_STATE=new
        ETCD_QUOTA_BACKEND_BYTES=8589934592
        ETCD_CERT_FILE=/etc/etcd/server.crt
        ETCD_KEY_FILE=/etc/etcd/server.key
        ETCD_TRUSTED_CA_FILE=/etc/etcd/ca.crt
        ETCD_CLIENT_CERT_AUTH=true
        ETCD_PEER_CERT_FILE=/etc/etcd/peer.crt
        ETCD_PEER_KEY_FILE=/etc/etcd/peer.key
        ETCD_PEER_TRUSTED_CA_FILE=/etc/etcd/peer-ca.crt
        ETCD_PEER_CLIENT_CERT_AUTH=1
        """;

    private const string ConfigFileText = """
        name: 'kubem00'
        data-dir: /var/lib/etcd
        listen-client-urls: https://10.10.10.80:2379,https://127.0.0.1:2379
        listen-peer-urls: https://10.10.10.80:2380
        advertise-client-urls: https://10.10.10.80:2379
        initial-advertise-peer-urls: https://10.10.10.80:2380
        initial-cluster: kubem00=https://10.10.10.80:2380,kubem01=https://10.10.10.81:2380
        initial-cluster-token: prod
        initial-cluster-state: 'new'
        quota-backend-bytes: 8589934592
        client-transport-security:
          cert-file: /etc/etcd/server.crt
          key-file: /etc/etcd/server.key
          client-cert-auth: true
          trusted-ca-file: /etc/etcd/ca.crt
        peer-transport-security:
          cert-file: /etc/etcd/peer.crt
          key-file: /etc/etcd/peer.key
          client-cert-auth: true
          trusted-ca-file: /etc/etcd/peer-ca.crt
        """;

    private const string PodText = """
        apiVersion: v1
        kind: Pod
        metadata: {name: etcd, namespace: kube-system}
        spec:
          containers:
          - name: etcd
            image: registry.k8s.io/etcd:3.5.21-0
            env:
            - {name: ADDRESS, value: 10.10.10.80}
            - {name: ETCD_QUOTA_BACKEND_BYTES, value: "8589934592"}
            command:
            - etcd
            - --name=kubem00
            - --data-dir=/var/lib/etcd
            - --listen-client-urls=https://$(ADDRESS):2379,https://127.0.0.1:2379
            - --listen-peer-urls=https://10.10.10.80:2380
            - --advertise-client-urls=https://10.10.10.80:2379
            - --initial-advertise-peer-urls=https://10.10.10.80:2380
            - --initial-cluster=kubem00=https://10.10.10.80:2380,kubem01=https://10.10.10.81:2380
            - --initial-cluster-token
            - prod
            - --cert-file=/certs/server.crt
            - --key-file=/certs/server.key
            - --trusted-ca-file=/certs/ca.crt
            - --client-cert-auth
            - --peer-cert-file=/certs/peer.crt
            - --peer-key-file=/certs/peer.key
            - --peer-trusted-ca-file=/certs/peer-ca.crt
            - --peer-client-cert-auth=true
            volumeMounts:
            - {mountPath: /var/lib/etcd, name: data}
            - {mountPath: /certs, name: certs}
          volumes:
          - {hostPath: {path: /var/lib/etcd, type: DirectoryOrCreate}, name: data}
          - {hostPath: {path: /etc/etcd}, name: certs}
        """;

    private const string UnitText = """
        [Unit]
        Description=etcd
        [Service]
        WorkingDirectory=/var/lib/etcd
        Environment=ETCD_NAME=wrong "ETCD_INITIAL_CLUSTER_TOKEN=prod"
        EnvironmentFile=-/etc/etcd/etcd.conf
        EnvironmentFile=-/etc/etcd/missing.conf
        # A comment inside the command is left out.
        ExecStart=/bin/bash -c \
          "GOMAXPROCS=$(nproc) /usr/bin/etcd"
        ExecStart=
        ExecStart=-/usr/bin/etcd \
          # here
          --listen-peer-urls="https://10.10.10.80:2380" --peer-client-cert-auth
        """;

    public static TheoryData<string, EtcdConfigurationForm> Forms => new()
    {
        { EnvironmentText, EtcdConfigurationForm.EnvironmentFile },
        { ConfigFileText, EtcdConfigurationForm.ConfigFile },
        { ConfigFileText.Replace("client-cert-auth: true", "Client-Cert-Auth: on", StringComparison.Ordinal).Replace("8589934592", "8_589_934_592", StringComparison.Ordinal), EtcdConfigurationForm.ConfigFile },
        { PodText, EtcdConfigurationForm.StaticPod },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Each_form_gives_the_same_configuration(string text, EtcdConfigurationForm form)
    {
        var configuration = await ParseAsync(text);

        Assert.Equal(form, configuration.Form);
        Assert.Equal("kubem00", configuration.Name);
        Assert.Equal("/var/lib/etcd", configuration.DataDirectory);
        Assert.Null(configuration.WalDirectory);
        Assert.Equal(["https://10.10.10.80:2379", "https://127.0.0.1:2379"], configuration.ListenClientUrls);
        Assert.Equal(["https://10.10.10.80:2379"], configuration.AdvertiseClientUrls);
        Assert.Equal(["https://10.10.10.80:2380"], configuration.ListenPeerUrls);
        Assert.Equal(["https://10.10.10.80:2380"], configuration.InitialAdvertisePeerUrls);
        Assert.Equal("kubem00=https://10.10.10.80:2380,kubem01=https://10.10.10.81:2380", configuration.InitialCluster);
        Assert.Equal(("prod", "new"), (configuration.InitialClusterToken, configuration.InitialClusterState));
        Assert.Equal(8589934592, configuration.QuotaBytes);
        Assert.Equal(("/etc/etcd/server.crt", "/etc/etcd/server.key"), (configuration.ServerCertFile, configuration.ServerKeyFile));
        Assert.Equal(("/etc/etcd/ca.crt", true), (configuration.TrustedCaFile, configuration.ClientCertAuth));
        Assert.Equal(("/etc/etcd/peer.crt", "/etc/etcd/peer.key"), (configuration.PeerCertFile, configuration.PeerKeyFile));
        Assert.Equal(("/etc/etcd/peer-ca.crt", true), (configuration.PeerTrustedCaFile, configuration.PeerClientCertAuth));
        Assert.Equal(["https://10.10.10.80:2379"], configuration.Endpoint);
        Assert.Equal(
            ("/etc/etcd/ca.crt", "/etc/etcd/server.crt", "/etc/etcd/server.key"),
            (configuration.CaFile, configuration.CertFile, configuration.KeyFile));
        Assert.Empty(configuration.Notes);
    }

    [Fact]
    public async Task A_unit_is_read_with_its_environment_files_and_flags_win_over_variables()
    {
        var variables = EnvironmentText + "\nexport ETCD_DEBUG=1\nETCD_DATA_DIR=data";
        var files = new Dictionary<string, string> { ["/etc/etcd/etcd.conf"] = variables };
        var configuration = await ParseAsync(UnitText, files);

        Assert.Equal(EtcdConfigurationForm.Unit, configuration.Form);
        Assert.Equal("kubem00", configuration.Name);
        Assert.Equal("/var/lib/etcd/data", configuration.DataDirectory);
        Assert.Equal(["https://10.10.10.80:2380"], configuration.ListenPeerUrls);
        Assert.True(configuration.PeerClientCertAuth);
        Assert.Contains(configuration.Notes, note => note.Contains("'export ETCD_DEBUG='", StringComparison.Ordinal));
        Assert.Contains(configuration.Notes, note => note.StartsWith("--listen-peer-urls is in the env", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_configuration_file_that_is_named_shuts_out_flags_and_variables()
    {
        var files = new Dictionary<string, string> { ["/etc/etcd/etcd.yml"] = ConfigFileText };
        var configuration = await ParseAsync("ETCD_NAME=other\nETCD_CONFIG_FILE=/etc/etcd/etcd.yml", files);
        Assert.Equal("kubem00", configuration.Name);
    }

    [Fact]
    public async Task What_is_not_said_has_etcds_defaults()
    {
        const string Everywhere = "http://0.0.0.0:2379,http://[::]:2379";
        var configuration = await ParseAsync($"ETCD_NAME=solo\nETCD_DATA_DIR=\nETCD_LISTEN_CLIENT_URLS={Everywhere}");
        Assert.Contains("advertise-client-urls is not set", Assert.Single(configuration.Notes), StringComparison.Ordinal);
        Assert.Equal("solo.etcd", configuration.DataDirectory);
        Assert.Equal("solo=http://localhost:2380", configuration.InitialCluster);
        Assert.Equal("etcd-cluster", configuration.InitialClusterToken);
        Assert.Equal(["http://127.0.0.1:2379", "http://[::1]:2379"], configuration.Endpoint);
        Assert.Null(configuration.QuotaBytes);
        Assert.Null(configuration.CertFile);
    }

    [Fact]
    public async Task A_command_line_is_read_as_go_reads_flags()
    {
        var reader = new EtcdConfigurationReader((_, _) => Task.FromResult<string?>(null));
        string[] words = ["-name", "a", "--auto-tls", "--data-dir=/d", "--wal-dir", "/w", "--client-cert-auth=false", "--name=b", "--"];
        var sources = new EtcdSources("pid 1", EtcdConfigurationForm.CommandLine, words, new Dictionary<string, string>());
        var configuration = await reader.CombineAsync(sources, TestContext.Current.CancellationToken);
        Assert.Equal(("b", "/d", "/w"), (configuration.Name, configuration.DataDirectory, configuration.WalDirectory));
        Assert.False(configuration.ClientCertAuth);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a: b\0c", "column 5: it has a NUL byte")]
    [InlineData("hello world", "line 1: it is no configuration")]
    [InlineData("a: 1\nb: [", "line ")]
    [InlineData("some: yaml\nother: 1", "none of etcd's settings")]
    [InlineData("apiVersion: v1\nkind: Service", "kind Service")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec: {containers: [{name: nginx, command: [nginx]}]}", "no container runs etcd")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: etcd\n    command: [sh, -c, etcd --x; sleep 1]", "line 5: it starts 'sh', not etcd itself")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: etcd\n    env: [{name: ETCD_NAME, value: a}]", "the image decides")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --name=$(N)]\n    env: [{name: N, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]", "the variable N has a value that only the kubelet knows")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: etcd\n    command: [etcd]\n    env: [{name: ETCD_NAME, valueFrom: {}}]", "the variable ETCD_NAME has")]
    [InlineData("[Service]\nExecStart=/usr/bin/sleep 1", "starts '/usr/bin/sleep', not etcd")]
    [InlineData("[Service]\nExecStart=/usr/bin/etcd --client-cert-auth true", "gives etcd the word 'true'")]
    [InlineData("[Service]\nExecStart=/usr/bin/etcd --name %c", "uses %c in '%c'")]
    [InlineData("[Service]\nExecStart=/usr/bin/taskset 1 /usr/bin/etcd", "starts '/usr/bin/taskset', not etcd itself")]
    [InlineData("[Service]\nExecStart=/bin/sh -c 'etcd $(cat /etc/etcd/flags)'", "starts '/bin/sh', not etcd itself")]
    [InlineData("[Service]\nExecStart=/bin/sh /opt/etcd", "starts '/bin/sh', not etcd itself")]
    [InlineData("[Service]\nExecStart=/bin/sh -c '. /etc/profile && exec etcd'", "starts '/bin/sh', not etcd itself")]
    [InlineData("[Service]\nExecStart=/usr/bin/podman run -v /srv:/data quay.io/coreos/etcd etcd --data-dir /data", "starts a container by '/usr/bin/podman'")]
    [InlineData("name: a\nquota-backend-bytes: 8G", "'quota-backend-bytes' is not a number")]
    [InlineData("name: a\nclient-transport-security: {client-cert-auth: 'yes'}", "'client-cert-auth' is neither true nor false")]
    [InlineData("name: [a]\ndata-dir: /d", "'name' is not a text")]
    [InlineData("[Service]\nType=notify", "without ExecStart=")]
    [InlineData("[Service]\nEnvironmentFile=/no\nExecStart=/usr/bin/etcd", "'/no': it does not exist")]
    [InlineData("export ETCD_NAME=a", "line 1: systemd ignores 'export ETCD_NAME='")]
    [InlineData("ETCD_CLIENT_CERT_AUTH=yes", "neither true nor false")]
    [InlineData("ETCD_QUOTA_BACKEND_BYTES=8G", "'8G'")]
    [InlineData("ETCD_ADVERTISE_CLIENT_URLS=ftp://a", "scheme 'ftp'")]
    public async Task What_is_no_configuration_is_refused_with_file_and_reason(string text, string reason)
    {
        var error = await Assert.ThrowsAsync<ClusterHealException>(() => ParseAsync(text));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public async Task Yaml_that_nests_without_end_is_an_error_and_no_crash(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 100_000));
        var error = await Assert.ThrowsAsync<ClusterHealException>(() => ParseAsync(text));
        Assert.Equal(ErrorIds.EtcdConfigurationInvalid, error.ErrorId);
    }

    [Fact]
    public async Task A_local_file_that_is_missing_and_a_folder_are_named()
    {
        var stop = TestContext.Current.CancellationToken;
        var missing = await Assert.ThrowsAsync<ClusterHealException>(() => EtcdConfigurationReader.Local.ReadAsync("/no/such", stop));
        Assert.Equal(ErrorIds.PathNotFound, missing.ErrorId);
        var folder = await Assert.ThrowsAsync<ClusterHealException>(() => EtcdConfigurationReader.Local.ReadAsync("/", stop));
        Assert.Equal(ErrorIds.PathNotSuitable, folder.ErrorId);
    }

    internal static Task<EtcdConfiguration> ParseAsync(string text, Dictionary<string, string>? files = null, string path = "/etc/etcd/the-file")
    {
        var reader = new EtcdConfigurationReader((file, _) => Task.FromResult(files?.GetValueOrDefault(file)));
        return reader.ParseAsync(path, text, TestContext.Current.CancellationToken);
    }
}
