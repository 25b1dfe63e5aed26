namespace ClusterHeal.Tests.Etcd.Configuration;

/// <summary>One way in which people start etcd.</summary>
/// <param name="Name">What is odd about it.</param>
/// <param name="Words">The command; the program is <c>ETCD</c>.</param>
internal sealed record EtcdForm(string Name, params string[] Words)
{
    /// <summary>Variables.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>The text of <c>etcd.yml</c> in its folder, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The forms. CLIENT and PEER are URLs, PKI is a folder with a CA, a certificate and its key.</summary>
    public static IEnumerable<EtcdForm> All()
    {
        string[] urls = ["--listen-client-urls", "CLIENT", "--advertise-client-urls", "CLIENT", "--listen-peer-urls", "PEER"];
        EtcdForm Flags(params string[] words) => new($"etcd {string.Join(' ', words)}", ["ETCD", .. urls, .. words]);
        yield return Flags();
        yield return Flags("--name", "n1");
        yield return Flags("-name", "n1");
        yield return Flags("--name=n1");
        yield return Flags("-name=n1");
        yield return Flags("--name=a", "--name=b");
        yield return Flags("--name", "a b");
        yield return Flags("--name", "--odd");
        yield return Flags("--name", "é");
        yield return Flags("--name", "");
        yield return Flags("--data-dir", "d");
        yield return Flags("--data-dir", "/tmp/../FOLDER/d");
        yield return Flags("--data-dir=d", "--wal-dir=w");
        yield return Flags("--data-dir", "");
        yield return Flags("--name=n1", "--initial-cluster=n1=http://localhost:2380");
        yield return Flags("--initial-cluster=other=http://localhost:2380");
        yield return Flags("--initial-cluster-token=t", "--initial-cluster-state=existing");
        yield return Flags("--initial-cluster-state=old");
        yield return Flags("--initial-advertise-peer-urls=http://127.0.0.1:7001,http://127.0.0.1:7002", "--initial-cluster=default=http://127.0.0.1:7001,default=http://127.0.0.1:7002");
        yield return Flags("--quota-backend-bytes=8589934592");
        yield return Flags("--quota-backend-bytes", "0");
        yield return Flags("--quota-backend-bytes=8G");
        yield return Flags("--quota-backend-bytes=0x100000");
        yield return Flags("--auto-tls=false");
        yield return Flags("--client-cert-auth", "true");
        yield return Flags("--client-cert-auth=yes");
        yield return Flags("--strict-reconfig-check", "--name", "n1");
        yield return Flags("--pre-vote=false", "--name", "n1");
        yield return Flags("--");
        yield return Flags("--", "--name", "n1");
        yield return Flags("word");
        yield return Flags("-");
        yield return Flags("--name");
        yield return Flags("--log-level=info", "--max-request-bytes", "100000", "--name=n1");
        yield return Flags("--enable-v2=true", "--name", "n1");
        yield return Flags("--snapshot-count", "10", "--heartbeat-interval=100", "--name=n1");
        yield return new EtcdForm("no advertised URL", "ETCD", "--listen-client-urls", "CLIENT", "--listen-peer-urls", "PEER");
        yield return new EtcdForm("a URL that is none", "ETCD", "--listen-client-urls", "127.0.0.1:1", "--advertise-client-urls", "CLIENT", "--listen-peer-urls", "PEER");

        Dictionary<string, string> variables = new() { ["ETCD_LISTEN_CLIENT_URLS"] = "CLIENT", ["ETCD_ADVERTISE_CLIENT_URLS"] = "CLIENT", ["ETCD_LISTEN_PEER_URLS"] = "PEER" };
        EtcdForm Variables(params (string Name, string Value)[] more)
        {
            var all = new Dictionary<string, string>(variables);
            foreach (var (name, value) in more) all[name] = value;
            return new EtcdForm(string.Join(' ', more.Select(m => $"{m.Name}={m.Value}")), "ETCD") { Environment = all };
        }

        yield return Variables();
        yield return Variables(("ETCD_NAME", "n1"), ("ETCD_DATA_DIR", "d"));
        yield return Variables(("ETCD_NAME", ""), ("ETCD_WAL_DIR", "w"));
        yield return Variables(("ETCD_NAME", "a $HOME \"b\" 'c' \\ %H"));
        yield return Variables(("etcd_name", "n1"));
        yield return Variables(("ETCD_NOSUCH", "1"), ("ETCD_NAME", "n1"));
        yield return Variables(("ETCD_QUOTA_BACKEND_BYTES", "1048576"));
        yield return Variables(("ETCD_CLIENT_CERT_AUTH", "yes"));
        yield return Variables(("ETCD_CLIENT_CERT_AUTH", "F"));
        yield return Variables(("ETCD_INITIAL_CLUSTER_TOKEN", "t"));
        yield return Variables(("ETCD_NAME", "n1")) with { Name = "a flag and its variable", Words = ["ETCD", "--name", "n2"] };
        yield return Variables(("ETCD_CONFIG_FILE", "etcd.yml")) with { Name = "a configuration file by a variable", ConfigFile = ConfigText("name: n1") };

        EtcdForm Wrapped(params string[] words) => new(string.Join(' ', words), words) { Environment = variables };
        yield return Wrapped("/bin/sh", "-c", "ETCD --name n1");
        yield return Wrapped("/bin/sh", "-c", "exec ETCD --name 'n 1' --data-dir \"d\"/x");
        yield return Wrapped("/bin/bash", "-ec", "GOMAXPROCS=$(nproc) ETCD --name=\"${ETCD_INITIAL_CLUSTER_TOKEN}n\"");
        yield return Wrapped("/bin/sh", "-c", "ETCD_NAME=a\\ b exec ETCD");
        yield return Wrapped("/bin/sh", "-c", "X=1 ETCD_NAME=$ETCD_LISTEN_PEER_URLS exec ETCD");
        yield return Wrapped("/bin/sh", "-c", "exec ETCD --name \"a\\\"b\\$c\"");
        yield return Wrapped("/usr/bin/env", "ETCD_NAME=n1", "ETCD");
        yield return Wrapped("/usr/bin/env", "-u", "ETCD_LISTEN_PEER_URLS", "ETCD_LISTEN_PEER_URLS=PEER", "ETCD", "--name", "n1");
        yield return Wrapped("/usr/bin/env", "--unset=ETCD_NAME", "--", "ETCD", "--name", "n1");
        yield return Wrapped("/usr/bin/nice", "-n", "5", "ETCD", "--name", "n1");
        yield return Wrapped("/usr/bin/nice", "--adjustment=5", "ETCD", "--name", "n1");
        yield return Wrapped("/usr/bin/nice", "/usr/bin/env", "ETCD_NAME=n1", "/bin/sh", "-c", "exec ETCD");
        yield return Wrapped("/usr/bin/nohup", "ETCD", "--name", "n1");

        EtcdForm File(string more) => new($"file {more}", "ETCD", "--config-file", "etcd.yml", "--name", "ignored") { ConfigFile = ConfigText(more) };
        yield return File("name: n1");
        yield return File("name: 'n1'\ndata-dir: d\nwal-dir: w");
        yield return File("Name: n1\nDATA-DIR: d");
        yield return File("name: yes");
        yield return File("name: 12");
        yield return File("name: [a]");
        yield return File("name: ~");
        yield return File("name: a\nname: b");
        yield return File("a: &a {name: n1}\n<<: *a");
        yield return File("quota-backend-bytes: 8_589_934_592");
        yield return File("quota-backend-bytes: 0x100000");
        yield return File("quota-backend-bytes: '1'");
        yield return File("initial-cluster-token: 1.5");
        yield return File("initial-cluster-state: old");
        yield return File("name: ''");
        yield return File("no-such-key: [1, {a: b}]");
        yield return File("client-transport-security:\n  client-cert-auth: no");
        yield return File("client-transport-security:\n  client-cert-auth: 'true'");
        yield return File("name: \"a\tb\"");
        yield return File("a:\n\tb: c");
        yield return File("name: n1\n---\nname: n2");
        yield return File("client-transport-security: {cert-file: PKI/a.crt, key-file: PKI/a.key, trusted-ca-file: PKI/ca.crt, client-cert-auth: on}");
        yield return File("peer-transport-security: {cert-file: PKI/a.crt, key-file: PKI/a.key, trusted-ca-file: PKI/ca.crt}") with { Name = "file with peer TLS" };
        yield return Flags("--cert-file=PKI/a.crt", "--key-file=PKI/a.key", "--trusted-ca-file=PKI/ca.crt") with { Name = "flags with client TLS" };
    }

    /// <summary>The same with the places of a test put in.</summary>
    public EtcdForm In(string folder, string etcd, string client, string peer)
    {
        string Put(string text) => text.Replace("FOLDER", folder.TrimStart('/'), StringComparison.Ordinal).Replace("CLIENT", client, StringComparison.Ordinal)
            .Replace("PEER", peer, StringComparison.Ordinal).Replace("PKI", Path.GetDirectoryName(folder) + "/pki", StringComparison.Ordinal);
        string Started(string text) => Put(System.Text.RegularExpressions.Regex.Replace(text, @"\bETCD\b(?!_)", etcd));
        return this with
        {
            Words = [.. Words.Select(Started)],
            Environment = Environment.Where(v => v.Value != "GONE").ToDictionary(v => v.Key, v => v.Key.EndsWith("_URLS", StringComparison.Ordinal) ? Put(v.Value) : v.Value),
            ConfigFile = ConfigFile is null ? null : Put(ConfigFile),
        };
    }

    private static string ConfigText(string more) => $"listen-client-urls: CLIENT\nadvertise-client-urls: CLIENT\nlisten-peer-urls: PEER\n{more}\n";
}
