using System.Text;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Kubernetes.Kubeconfig;

/// <summary>
/// Kubeconfigs with one oddity each, or with several at once: of the cluster's entry, of the user's entry, and of the way in which a file
/// is written. What is right is what kubectl does with them.
/// </summary>
/// <param name="secure">Where the recording server speaks TLS.</param>
/// <param name="plain">Where it does not.</param>
/// <param name="authority">Its CA, in PEM.</param>
/// <param name="client">A client certificate.</param>
internal sealed class OddKubeconfigs(int secure, int plain, string authority, IssuedCertificate client)
{
    private const string Exec = "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never";
    private const string ExecBeta = "apiVersion: client.authentication.k8s.io/v1beta1";
    private readonly string _good = $"server: https://127.0.0.1:{secure}, certificate-authority-data: {Base64(authority)}";

    /// <summary>All of them, each with a name.</summary>
    public IEnumerable<(string Name, string Text)> All()
    {
        foreach (var user in Users()) yield return ($"user {{{Short(user)}}}", File(_good, user));
        foreach (var cluster in Clusters()) yield return ($"cluster {{{Short(cluster)}}}", File(cluster, "token: TOK"));
        foreach (var (name, text) in Files()) yield return (name, text);
        var random = new Random(14);
        string[] users = [.. Users()], clusters = [.. Clusters()];
        for (var i = 0; i < 30; i++)
        {
            var (cluster, user) = (clusters[random.Next(clusters.Length)], users[random.Next(users.Length)]);
            yield return ($"{{{Short(cluster)}}} with {{{Short(user)}}}", File(cluster, user));
        }
    }

    /// <summary>What the files name, beside them.</summary>
    public void WriteCompanions(string folder)
    {
        void Write(string name, string text) => System.IO.File.WriteAllText(Path.Combine(folder, name), text);
        Write("ca.crt", authority);
        Write("client.crt", client.CertificatePem);
        Write("client.key", client.KeyPem);
        Write("token", "FROMFILE\n");
        Write("empty", "\n");
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        foreach (var (name, status) in new[] { ("good", "\"token\":\"EXEC\""), ("empty", "\"token\":\"\""), ("broken", "\"token\":\"a\\\\nb\""), ("nothing", "") })
        {
            var path = Path.Combine(folder, "bin", name);
            Write($"bin/{name}", $$"""
                #!/bin/sh
                printf '%s' "$KUBERNETES_EXEC_INFO" > "{{folder}}/info"
                version=${KUBERNETES_EXEC_INFO#*apiVersion\":\"}; version=${version%%\"*}
                printf '{"apiVersion":"%s","kind":"ExecCredential","status":{ {{status}} } }' "$version"
                """);
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private IEnumerable<string> Users() =>
    [
        "token: TOK", "token: \"TOK\"", "token: 'TOK'", "token: !!str 123", "token: 123", "token: yes", "token: y", "token: 1.5", "token: 0x1F", "token: 1_0",
        "token: 1:30", "token: 2020-01-01", "token: ~", "token: null", "token: ''", "token: [a]", "token: {a: b}", "token: \"TOK\\n\"", "token: \"a b\"",
        "Token: TOK", "token: a, token: b", "unknown: {a: [b]}, token: TOK", "token: TOK, client-key: missing",
        "tokenFile: token", "tokenFile: missing", "tokenFile: empty", "token: TOK, tokenFile: token", "token: TOK, tokenFile: missing",
        "username: u, password: p", "username: u", "password: p", "username: u, password: 'p:q'", "token: TOK, username: u, password: p", "username: 7",
        "client-certificate: client.crt, client-key: client.key", "client-certificate: client.crt", "client-key: client.key", "client-certificate: missing, client-key: client.key",
        $"client-certificate-data: {Base64(client.CertificatePem)}, client-key-data: {Base64(client.KeyPem)}",
        $"client-certificate-data: {Base64(client.CertificatePem)}, client-key-data: {Base64(client.KeyPem)}, token: TOK",
        $"client-certificate-data: {Base64(client.CertificatePem)}, client-certificate: client.crt, client-key-data: {Base64(client.KeyPem)}",
        $"client-certificate-data: {Base64(client.CertificatePem)}, client-key-data: QUJD", "client-certificate-data: '%%', client-key-data: QUJD",
        "token: TOK, as: bob", "token: TOK, as: bob, as-groups: [g]", "token: TOK, as: bob, as-groups: g", "token: TOK, as: bob, as-groups: [7]", "token: TOK, as-groups: [g]",
        "token: TOK, as: bob, as-uid: '42'", "token: TOK, as: bob, as-uid: 42", "token: TOK, as-uid: '42'", "token: TOK, as: bob, as-user-extra: {reason: [r], 'a.b/c': [d]}",
        "token: TOK, as: bob, as-user-extra: {reason: r}", "token: TOK, as-user-extra: {reason: [r]}", "as: bob",
        "auth-provider: {name: gcp}", "auth-provider: {name: none}", "token: TOK, auth-provider: {name: gcp}",
        $"exec: {{{Exec}, command: ./bin/good}}", $"exec: {{{Exec}, command: ./bin/good, provideClusterInfo: true}}", $"exec: {{{ExecBeta}, command: ./bin/good, provideClusterInfo: on}}",
        $"exec: {{{Exec}, command: ./bin/empty}}", $"exec: {{{Exec}, command: ./bin/broken}}", $"exec: {{{Exec}, command: ./bin/nothing}}", $"exec: {{{Exec}, command: ./bin/missing}}",
        $"exec: {{{Exec}, command: good}}", $"exec: {{{Exec}}}", "exec: {command: ./bin/good}", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/good}",
        $"exec: {{{ExecBeta}, command: ./bin/good, interactiveMode: Sometimes}}", $"exec: {{{ExecBeta}, command: ./bin/good, interactiveMode: Always}}",
        $"exec: {{{Exec}, command: ./bin/good, env: [{{name: A, value: b}}]}}", $"exec: {{{Exec}, command: ./bin/good, env: [{{value: b}}]}}", $"exec: {{{Exec}, command: ./bin/good, args: [1]}}",
        $"token: TOK, exec: {{{Exec}, command: ./bin/good}}", $"client-certificate: client.crt, client-key: client.key, exec: {{{Exec}, command: ./bin/good}}",
        "",
    ];

    private IEnumerable<string> Clusters()
    {
        var ca = $"certificate-authority-data: {Base64(authority)}";
        foreach (var flag in new[] { "true", "True", "TRUE", "yes", "on", "y", "1", "'true'", "false", "no", "~" })
            yield return $"server: https://127.0.0.1:{secure}, insecure-skip-tls-verify: {flag}";
        foreach (var server in new[] { $"https://127.0.0.1:{secure}/", $"https://127.0.0.1:{secure}/a/b", $"https://localhost:{secure}", $"127.0.0.1:{secure}", $"localhost:{secure}" })
            yield return $"server: '{server}', {ca}";
        foreach (var server in new[] { $"http://127.0.0.1:{plain}", $"127.0.0.1:{plain}", $"localhost:{plain}", $"http://127.0.0.1:{plain}/a", $"ftp://127.0.0.1:{plain}" }) yield return $"server: '{server}'";
        yield return $"server: https://127.0.0.1:{secure}, certificate-authority: ca.crt";
        yield return $"server: https://127.0.0.1:{secure}, certificate-authority: missing";
        yield return $"server: https://127.0.0.1:{secure}, certificate-authority: ca.crt, {ca}";
        yield return $"server: https://127.0.0.1:{secure}, {ca}, insecure-skip-tls-verify: true";
        yield return $"server: https://127.0.0.1:{secure}, {ca}, tls-server-name: other.example";
        yield return $"server: https://127.0.0.1:{secure}, {ca}, tls-server-name: wrong.example";
        yield return $"server: https://127.0.0.1:{secure}, certificate-authority-data: '%%'";
        yield return $"server: https://127.0.0.1:{secure}, certificate-authority-data: QUJD";
        yield return $"server: https://127.0.0.1:{secure}";
        yield return $"server: https://127.0.0.1:{secure}, {ca}, proxy-url: 'ftp://p'";
        yield return $"server: https://127.0.0.1:{secure}, {ca}, extensions: [{{name: client.authentication.k8s.io/exec, extension: {{b: [1, x], a: yes}}}}]";
        yield return ca;
        yield return "server: ''";
        yield return "";
    }

    private IEnumerable<(string Name, string Text)> Files()
    {
        var good = File(_good, "token: TOK");
        yield return ("as JSON", $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"x","clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:{{{secure}}}","insecure-skip-tls-verify":true}}],
            	"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{"token":"TOK"}}]}
            """);
        yield return ("CRLF", good.Replace("\n", "\r\n", StringComparison.Ordinal));
        yield return ("a byte order mark", "\uFEFF" + good);
        yield return ("a NUL byte", good + "a: \0\n");
        yield return ("a control character", good + "a: \"\u0001\"\n");
        yield return ("a tab that indents", good + "a:\n\tb: c\n");
        yield return ("a tab between", good.Replace("kind: Config", "kind:\tConfig", StringComparison.Ordinal));
        yield return ("two documents", good + "---\na: [\n");
        yield return ("an end mark", "---\n" + good + "...\n");
        yield return ("a directive", "%YAML 1.1\n---\n" + good);
        yield return ("a bracket too much", good + "]\n");
        yield return ("cut off", good[..^9]);
        yield return ("no kind", good.Replace("kind: Config\n", "", StringComparison.Ordinal));
        yield return ("no version", good.Replace("apiVersion: v1\n", "", StringComparison.Ordinal));
        yield return ("kind Pod", good.Replace("kind: Config", "kind: Pod", StringComparison.Ordinal));
        yield return ("version v2", good.Replace("apiVersion: v1", "apiVersion: v2", StringComparison.Ordinal));
        yield return ("no current context", good.Replace("current-context: x\n", "", StringComparison.Ordinal));
        yield return ("another current context", good.Replace("current-context: x", "current-context: X", StringComparison.Ordinal));
        yield return ("a context without a cluster", good.Replace("cluster: c, user: u", "user: u", StringComparison.Ordinal));
        yield return ("a context without a user", good.Replace("cluster: c, user: u", "cluster: c", StringComparison.Ordinal));
        yield return ("a user who is not there", good.Replace("user: u}", "user: v}", StringComparison.Ordinal));
        yield return ("a cluster that is not there", good.Replace("cluster: c,", "cluster: d,", StringComparison.Ordinal));
        yield return ("a second user of the name", good + "- {name: u, user: {token: TOO}}\n");
        yield return ("a nameless user more", good + "- {user: {token: TOO}}\n");
        yield return ("an empty user more", good + "-\n");
        yield return ("a broken exec that is not used", good + "- {name: v, user: {exec: {}}}\n");
        yield return ("users of another kind", good + "- 7\n");
        yield return ("an anchor and a merge", good.Replace("token: TOK", "<<: *a", StringComparison.Ordinal).Replace("kind:", "x: &a {token: TOK}\nkind:", StringComparison.Ordinal));
        yield return ("a merge behind", good.Replace("token: TOK", "token: OLD, <<: {token: TOK}", StringComparison.Ordinal));
        yield return ("a list of merges", good.Replace("token: TOK", "<<: [{token: TOK}, {token: OTHER}]", StringComparison.Ordinal));
        yield return ("a merge of nothing", good.Replace("token: TOK", "<<: 7", StringComparison.Ordinal));
        yield return ("an alias of nothing", good.Replace("token: TOK", "token: *a", StringComparison.Ordinal));
        yield return ("a list as a name", good + "? [a]\n: b\n");
        yield return ("clusters of nothing", good + "preferences:\nextensions:\n");
        yield return ("empty", "");
        yield return ("a list", "- a\n");
    }

    private static string File(string cluster, string user) => $$"""
        apiVersion: v1
        kind: Config
        current-context: x
        clusters:
        - {name: c, cluster: { {{cluster}} } }
        contexts:
        - {name: x, context: {cluster: c, user: u} }
        users:
        - {name: u, user: { {{user}} } }

        """;

    private static string Short(string text) => text.Length <= 90 ? text : text[..45] + "…" + text[^40..];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
