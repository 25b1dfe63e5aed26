using ClusterHeal.Kubernetes;
using KubeconfigOf = ClusterHeal.Kubernetes.Kubeconfig;

namespace ClusterHeal.Tests.Kubernetes.Kubeconfig;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Of_entries_with_one_name_the_first_files_is_taken_whole_and_the_first_current_context_wins()
    {
        var first = Write("a", """
            clusters: [{ name: c, cluster: { server: "https://first:6443" } }]
            contexts: [{ name: one, context: { cluster: c, user: u } }]
            users: [{ name: u, user: { token: one } }]
            """);
        var second = Write("b", """
            current-context: one
            clusters: [{ name: c, cluster: { server: "https://second:6443", tls-server-name: second } }]
            users: [{ name: u, user: { token: two, as: someone } }]
            """);
        var config = await ReadAsync(first, second);
        var connection = config.Resolve(null);
        Assert.Equal("https://first:6443/", connection.Server.ToString());
        Assert.Null(connection.TlsServerName);
        Assert.Null(connection.Impersonation.User);
        Assert.Equal("one", (await connection.Credentials.GetAsync(false, Token)).Authorization!.Parameter);
    }

    [Fact]
    public async Task A_path_in_a_file_is_relative_to_its_folder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        File.WriteAllText(Path.Combine(_folder, "sub", "token"), "from-file\n");
        var path = Write("sub/config", Config("tokenFile: token"));
        var credential = await (await ReadAsync(path)).Resolve("x").Credentials.GetAsync(false, Token);
        Assert.Equal("from-file", credential.Authorization!.Parameter);
    }

    [Fact]
    public async Task A_token_file_that_was_replaced_is_read_again_after_a_refusal()
    {
        var file = Path.Combine(_folder, "token");
        File.WriteAllText(file, "old");
        var source = (await ReadAsync(Write("config", Config("tokenFile: token")))).Resolve("x").Credentials;
        await source.GetAsync(false, Token);
        File.WriteAllText(file, "new");
        Assert.Equal("old", (await source.GetAsync(false, Token)).Authorization!.Parameter);
        Assert.Equal("new", (await source.GetAsync(true, Token)).Authorization!.Parameter);
    }

    [Fact]
    public async Task JSON_is_a_kubeconfig_too()
    {
        var path = Write("config", """
            {"current-context":"x","clusters":[{"name":"c","cluster":{"server":"https://h:1"}}],
             "contexts":[{"name":"x","context":{"cluster":"c","user":""}}],"users":null}
            """);
        Assert.Equal(1, (await ReadAsync(path)).Resolve(null).Server.Port);
    }

    [Fact]
    public async Task What_a_server_address_lacks_is_http()
    {
        var path = Write("config", "clusters: [{name: c, cluster: {server: 'h:6443'}}]\ncontexts: [{name: x, context: {cluster: c}}]\n");
        Assert.Equal("http://h:6443/", (await ReadAsync(path)).Resolve("x").Server.ToString());
    }

    [Fact]
    public async Task Credentials_are_not_sent_without_TLS()
    {
        var path = Write("config", Config("token: t, as: someone").Replace("https:", "http:", StringComparison.Ordinal));
        var connection = (await ReadAsync(path)).Resolve("x");
        Assert.Null((await connection.Credentials.GetAsync(false, Token)).Authorization);
        Assert.Equal("someone", connection.Impersonation.User);
    }

    [Fact]
    public async Task An_entry_that_is_broken_and_not_used_is_no_obstacle()
    {
        var text = await File.ReadAllTextAsync(Fixture.PathOf("kubeconfig/38-badother-exec.yaml"), Token);
        var connection = (await ReadAsync(Write("config", text.Replace("http:", "https:", StringComparison.Ordinal)))).Resolve(null);
        Assert.Equal("TOK", (await connection.Credentials.GetAsync(false, Token)).Authorization!.Parameter);
    }

    [Fact]
    public async Task Who_is_impersonated_goes_out_as_headers()
    {
        var path = Write("config", Config("token: t, as: bob, as-uid: '42', as-groups: [g], as-user-extra: { 'example.com/scope': [r1], Reason: [r2] }"));
        string[] headers = [.. (await ReadAsync(path)).Resolve("x").Impersonation.Headers().Select(h => $"{h.Key}: {h.Value}")];
        Assert.Equal(
            ["Impersonate-User: bob", "Impersonate-Uid: 42", "Impersonate-Group: g", "Impersonate-Extra-example.com%2Fscope: r1", "Impersonate-Extra-Reason: r2"],
            headers);
    }

    [Fact]
    public async Task Merge_keys_bring_in_what_they_name()
    {
        var text = await File.ReadAllTextAsync(Fixture.PathOf("kubeconfig/08-anchor-merge.yaml"), Token);
        var connection = (await ReadAsync(Write("config", text.Replace("http:", "https:", StringComparison.Ordinal)))).Resolve(null);
        Assert.Equal("TOK", (await connection.Credentials.GetAsync(false, Token)).Authorization!.Parameter);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a\nb", "has a line break")]
    public async Task A_token_file_without_a_usable_token_is_told_so(string content, string says)
    {
        File.WriteAllText(Path.Combine(_folder, "token"), content);
        var source = (await ReadAsync(Write("config", Config("tokenFile: token")))).Resolve("x").Credentials;
        var fault = await Assert.ThrowsAsync<ClusterHealException>(async () => await source.GetAsync(false, Token));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_end_is_refused()
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ReadAsync("/dev/zero"));
        Assert.Contains("larger than 16 MiB", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [", ErrorIds.KubeconfigInvalid, "line ")]
    [InlineData("- 1", ErrorIds.KubeconfigInvalid, "not a mapping")]
    [InlineData("clusters: 7", ErrorIds.KubeconfigInvalid, "'clusters' (line 1, column 11) is not a list")]
    [InlineData("users: [{name: a}, {name: a}]", ErrorIds.KubeconfigInvalid, "two entries of 'users' have the name 'a'")]
    [InlineData("users: [{name: a, user: {token: 12}}]", ErrorIds.KubeconfigInvalid, "'token' (line 1, column 33) is a number")]
    [InlineData("users: [{name: a, user: {token: on}}]", ErrorIds.KubeconfigInvalid, "is a truth value")]
    [InlineData("clusters: [{name: a, cluster: {insecure-skip-tls-verify: 'true'}}]", ErrorIds.KubeconfigInvalid, "neither true nor false")]
    [InlineData("a: b\0", ErrorIds.KubeconfigInvalid, "line 1, column 5: it has a NUL byte")]
    [InlineData("kind: Pod\napiVersion: v1", ErrorIds.KubeconfigInvalid, "a 'Pod'")]
    public async Task A_file_that_is_no_kubeconfig_is_told_with_its_fault(string text, string errorId, string says)
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ReadAsync(Write("config", text)));
        Assert.Equal(errorId, fault.ErrorId);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth-provider: { name: gcp }", "gcp")]
    [InlineData("client-certificate-data: '%%', client-key-data: AA==", "base64")]
    [InlineData("client-certificate-data: AA==", "without its key")]
    [InlineData("client-certificate-data: AA==, client-certificate: a, client-key-data: AA==", "both client-certificate and client-certificate-data")]
    [InlineData("token: \"TOK\\n\"", "the token of its user 'u' has a line break in it")]
    [InlineData("token: t, username: a", "both a token and a password")]
    [InlineData("as-groups: [g]", "without 'as'")]
    [InlineData("as: a, as-groups: [g, h]", "several values of Impersonate-Group")]
    [InlineData("as: \"a\\nb\"", "(Impersonate-User) has a line break")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}", "has no command")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: a}", "has no interactiveMode")]
    [InlineData("exec: {apiVersion: v9, command: a}", "has the apiVersion 'v9'")]
    public async Task A_user_who_cannot_be_used_is_told_with_the_reason(string user, string says)
    {
        var config = await ReadAsync(Write("config", Config(user)));
        Assert.Contains(says, Assert.Throws<ClusterHealException>(() => config.Resolve("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_is_not_there_is_answered_with_those_that_are()
    {
        var config = await ReadAsync(Write("config", Config("token: t")));
        var fault = Assert.Throws<ClusterHealException>(() => config.Resolve("prod"));
        Assert.Equal(ErrorIds.KubeconfigEntryNotFound, fault.ErrorId);
        Assert.Contains("x", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_named_must_exist()
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ReadAsync(Path.Combine(_folder, "none")));
        Assert.Equal(ErrorIds.KubeconfigNotFound, fault.ErrorId);
    }

    [Fact]
    public void A_pod_finds_its_own_cluster()
    {
        File.WriteAllText(Path.Combine(_folder, "token"), "t");
        var environment = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "443" };
        Assert.Equal("https://[fd00::1]/", InCluster.TryMake(_folder, environment.GetValueOrDefault)!.Server.ToString());
        Assert.Null(InCluster.TryMake(_folder, _ => null));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Config(string user) => $$"""
        current-context: x
        clusters: [{ name: c, cluster: { server: "https://h:6443" } }]
        contexts: [{ name: x, context: { cluster: c, user: u } }]
        users: [{ name: u, user: { {{user}} } }]
        """;

    private static Task<KubeconfigOf> ReadAsync(params string[] paths) => KubeconfigOf.ReadAsync(paths, Token);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
