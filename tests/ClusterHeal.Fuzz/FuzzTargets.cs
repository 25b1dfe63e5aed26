using System.Text;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Fuzz;

/// <summary>All targets, with the fixtures and a few texts as seeds.</summary>
internal static class FuzzTargets
{
    private static readonly string[] Settings =
    [
        "ETCD_NAME=m1\nETCD_DATA_DIR=\"/var/lib/etcd\"\nETCD_LISTEN_CLIENT_URLS='https://10.0.0.1:2379,https://127.0.0.1:2379'\nETCD_INITIAL_CLUSTER=m1=https://10.0.0.1:2380",
        "[Unit]\nDescription=etcd\n[Service]\nEnvironment=ETCD_NAME=%H \"ETCD_X=a b\"\nEnvironmentFile=-/etc/default/%p\nExecStart=/usr/bin/etcd --name=m1 \\\n  --data-dir /var/lib/etcd --client-cert-auth\n",
        "name: m1\ndata-dir: /var/lib/etcd\nlisten-client-urls: https://10.0.0.1:2379\nclient-transport-security:\n  trusted-ca-file: /ca\n  client-cert-auth: yes\nquota-backend-bytes: 0x10\n",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: etcd\nspec:\n  containers:\n  - name: etcd\n    image: registry.k8s.io/etcd:3.5.16-0\n    command:\n    - etcd\n    - --name=m1\n    - --data-dir=/var/lib/etcd\n    env:\n    - name: ETCD_X\n      value: $(POD_IP)\n    volumeMounts:\n    - mountPath: /var/lib/etcd\n      name: data\n  volumes:\n  - name: data\n    hostPath:\n      path: /srv/etcd\n",
    ];

    private static readonly string[] Kubeconfigs =
    [
        "apiVersion: v1\nkind: Config\ncurrent-context: a\nclusters:\n- name: a\n  cluster: &c\n    server: https://10.0.0.1:6443\n    insecure-skip-tls-verify: true\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\nusers:\n- name: a\n  user:\n    token: abc\n- name: b\n  user:\n    <<: *c\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: aws\n      args: [eks, get-token]\n      interactiveMode: Never\n",
        "{\"apiVersion\": \"v1\", \"kind\": \"Config\", \"clusters\": [{\"name\": \"a\", \"cluster\": {\"server\": \"https://[::1]:6443\", \"proxy-url\": \"socks5://x:1\", \"tls-server-name\": \"y\"}}], \"contexts\": [{\"name\": \"a\", \"context\": {\"cluster\": \"a\", \"user\": \"a\", \"namespace\": \"n\"}}], \"users\": [{\"name\": \"a\", \"user\": {\"username\": \"u\", \"password\": \"p\", \"as\": \"q\", \"as-groups\": [\"g\", \"h\"], \"client-certificate-data\": \"AAAA\"}}]}",
    ];

    /// <summary>Makes them.</summary>
    /// <param name="root">The root of the checkout.</param>
    /// <param name="folder">A folder that they may write to.</param>
    /// <param name="judge">The path of etcdutl, or null.</param>
    /// <param name="mostJudged">How many snapshots it is asked about at most.</param>
    public static IReadOnlyList<IFuzzTarget> All(string root, string folder, string? judge, int mostJudged = int.MaxValue)
    {
        var fixtures = Path.Combine(root, "tests", "Fixtures");
        byte[][] snapshots = [.. new[] { "snap.db", "snap36.db", "alarm.db" }.Select(name => File.ReadAllBytes(Path.Combine(fixtures, "etcd", name)))];
        string[] lists = [.. new[] { "nodes-list", "pods-on-node", "leases-list", "pdbs-list" }.Select(name => Body(Path.Combine(fixtures, "kubernetes", "api", name + ".http")))];
        return
        [
            new SnapshotTarget(snapshots, folder, judge) { MostJudged = mostJudged },
            new SettingsTarget(Settings),
            new KubeconfigTarget(Kubeconfigs, folder),
            new AnswerTarget(lists),
            new StoredValueTarget(StoredValues(Path.Combine(fixtures, "kubernetes", "kube-1.36-etcd-3.5.db"))),
        ];
    }

    /// <summary>The values of a real cluster.</summary>
    private static List<byte[]> StoredValues(string snapshot)
    {
        List<byte[]> values = [];
        using var file = SnapshotFile.Open(snapshot);
        new SnapshotRecords(file).VisitAll(record => values.Add(record.Value.ToArray()), CancellationToken.None);
        return values;
    }

    private static string Body(string recorded)
    {
        var text = File.ReadAllText(recorded, Encoding.UTF8).ReplaceLineEndings("\n");
        return text[text.IndexOf("\n\n", StringComparison.Ordinal)..];
    }
}
