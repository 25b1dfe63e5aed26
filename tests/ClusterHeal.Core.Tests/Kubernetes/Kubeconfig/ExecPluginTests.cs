using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Kubeconfig;

public sealed class ExecPluginTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-exec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(V1)]
    [InlineData("client.authentication.k8s.io/v1beta1")]
    public async Task The_token_is_kept_until_the_server_refuses_it(string version)
    {
        using var plugin = Plugin($$"""
            echo x >> {{_folder}}/calls
            printf '{"apiVersion":"{{version}}","kind":"ExecCredential","status":{"token":"t%s"} }' $(wc -l < {{_folder}}/calls)
            """, version);
        Assert.Equal("t1", await TokenAsync(plugin, renew: false));
        Assert.Equal("t1", await TokenAsync(plugin, renew: false));
        Assert.Equal("t2", await TokenAsync(plugin, renew: true));
    }

    [Fact]
    public async Task A_token_that_has_expired_is_asked_for_anew()
    {
        using var plugin = Plugin($$"""
            echo x >> {{_folder}}/calls
            printf '{"apiVersion":"{{V1}}","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"2020-01-01T00:00:00Z"} }' $(wc -l < {{_folder}}/calls)
            """);
        Assert.Equal("t1", await TokenAsync(plugin, renew: false));
        Assert.Equal("t2", await TokenAsync(plugin, renew: false));
    }

    [Fact]
    public async Task The_program_is_told_the_cluster_and_that_nobody_is_at_a_terminal()
    {
        using var plugin = Plugin($$"""
            printf '%s' "$KUBERNETES_EXEC_INFO" > {{_folder}}/info
            printf '{"apiVersion":"{{V1}}","kind":"ExecCredential","status":{"token":"t"} }'
            """);
        await TokenAsync(plugin, renew: false);
        var info = File.ReadAllText(Path.Combine(_folder, "info"));
        Assert.Contains("\"interactive\":false", info, StringComparison.Ordinal);
        Assert.Contains("\"server\":\"https://h:6443\"", info, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'please log in' >&2; exit 3", "exit code 3: please log in")]
    [InlineData("echo secret-canary", "no ExecCredential in JSON")]
    [InlineData("""printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}' """, "without a status")]
    [InlineData("""printf '{"apiVersion":"v2","kind":"ExecCredential","status":{"token":"t"}}' """, "answered in 'v2'")]
    public async Task A_program_that_gives_nothing_is_told_with_the_reason_and_no_secret(string script, string says)
    {
        using var plugin = Plugin(script);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => TokenAsync(plugin, renew: false));
        Assert.Equal(ErrorIds.CredentialPluginFailed, fault.ErrorId);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-canary", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_told_with_its_install_hint()
    {
        using var plugin = new ExecPlugin(Settings(Path.Combine(_folder, "none"), V1), Cluster, "config", TimeProvider.System);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => TokenAsync(plugin, renew: false));
        Assert.Equal("Install it.", fault.Remedy);
    }

    [Fact]
    public async Task The_program_is_told_what_client_go_tells_it()
    {
        var text = (await File.ReadAllTextAsync(Fixture.PathOf("kubeconfig/exec-cluster-config.yaml"), TestContext.Current.CancellationToken))
            .Replace("/usr/local/bin/plugin", "./plugin", StringComparison.Ordinal)
            .Replace("certificate-authority-data: <base64 of any CA>", "tls-server-name: name\n    proxy-url: http://p:1\n    certificate-authority: ca.crt", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "config"), text);
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), "CA");
        // The command with a folder in it starts at the kubeconfig's folder, not at the current one.
        Write("""printf '%s' "$KUBERNETES_EXEC_INFO" > info; cat > input; printf '{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"t"} }' """
            .Replace("%s\",", $"{V1}\",", StringComparison.Ordinal).Replace("> in", $"> {_folder}/in", StringComparison.Ordinal));
        var config = await ClusterHeal.Kubernetes.Kubeconfig.ReadAsync([Path.Combine(_folder, "config")], TestContext.Current.CancellationToken);
        var credential = await config.Resolve(null).Credentials.GetAsync(false, TestContext.Current.CancellationToken);
        Assert.Equal("t", credential.Authorization!.Parameter);
        Assert.Equal(
            """
            {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"cluster":{"server":"https://127.0.0.1:18443","tls-server-name":"name","certificate-authority-data":"Q0E=","proxy-url":"http://p:1","config":{"arbitrary":"config","audience":"06e3fbd18de8"}},"interactive":false}}
            """,
            File.ReadAllText(Path.Combine(_folder, "info")));
        Assert.Equal("", File.ReadAllText(Path.Combine(_folder, "input")));
    }

    [Fact]
    public async Task A_bare_name_is_not_taken_from_the_current_folder()
    {
        var name = $"clusterheal-test-{Guid.NewGuid():N}";
        var here = Path.Combine(Directory.GetCurrentDirectory(), name);
        try
        {
            File.Move(Write($"touch {_folder}/ran"), here);
            using var plugin = new ExecPlugin(Settings(name, V1), Cluster, "config", TimeProvider.System);
            var fault = await Assert.ThrowsAsync<ClusterHealException>(() => TokenAsync(plugin, renew: false));
            Assert.Contains("is not on the PATH", fault.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(_folder, "ran")));
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Theory]
    [InlineData("\"token\":\"\"", "gave an empty token")]
    [InlineData("\"token\":\"a\\\\nb\"", "has a line break in it")]
    [InlineData("\"clientKeyData\":\"k\"", "without its certificate")]
    [InlineData("", "neither a token nor a certificate")]
    public async Task A_program_whose_answer_names_nobody_is_told_so(string status, string says)
    {
        using var plugin = Plugin($$"""printf '{"apiVersion":"{{V1}}","kind":"ExecCredential","status":{ {{status}} } }' """);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => TokenAsync(plugin, renew: false));
        Assert.Equal(ErrorIds.CredentialPluginFailed, fault.ErrorId);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    private static KubeconfigCluster Cluster { get; } = new() { Server = "https://h:6443", File = "config" };

    private static ExecPluginSettings Settings(string command, string version) => new()
    {
        ApiVersion = version,
        Command = command,
        InstallHint = "Install it.",
        InteractiveMode = "IfAvailable",
        ProvideClusterInfo = true,
    };

    private static async Task<string> TokenAsync(ExecPlugin plugin, bool renew) =>
        (await plugin.GetAsync(renew, TestContext.Current.CancellationToken)).Authorization!.Parameter!;

    private ExecPlugin Plugin(string script, string version = V1)
    {
        return new ExecPlugin(Settings(Write(script), version), Cluster, "config", TimeProvider.System);
    }

    private string Write(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in program is a shell script.");
        var path = Path.Combine(_folder, "plugin");
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
