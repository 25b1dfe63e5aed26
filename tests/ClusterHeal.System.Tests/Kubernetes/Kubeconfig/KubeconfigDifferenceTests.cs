using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;
using KubeconfigOf = ClusterHeal.Kubernetes.Kubeconfig;

namespace ClusterHeal.Tests.Kubernetes.Kubeconfig;

/// <summary>The same kubeconfigs are given to kubectl and to us: the same server is asked, as the same person, or none by both.</summary>
public sealed class KubeconfigDifferenceTests : IAsyncLifetime
{
    /// <summary>What we refuse and kubectl does, and why.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["22-impersonate.yaml"] = "Several groups: the framework would send them as one header.",
    };

    private readonly RecordingApi _api = new();
    private readonly TempFolder _folder = new();
    private string _kubectl = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in plugins are shell scripts.");
        _kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, Stop)).Bin, "kubectl");
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Kubectl_and_we_make_the_same_of_a_kubeconfig()
    {
        var odd = new OddKubeconfigs(_api.SecurePort, _api.PlainPort, _api.AuthorityPem, _api.IssueClient("client"));
        odd.WriteCompanions(_folder.Path);
        var cases = Directory.EnumerateFiles(Fixture.PathOf("kubeconfig")).Order().Select(file => (Path.GetFileName(file), Served(File.ReadAllText(file))));
        var differences = new List<string>();
        var count = 0;
        foreach (var (name, text) in odd.All().Concat(cases))
        {
            count++;
            var path = _folder.File("config");
            await File.WriteAllTextAsync(path, text, Stop);
            var kubectl = await KubectlAsync(path);
            var ours = await OursAsync(path);
            var isRefusedKnowingly = ours.Seen.Length == 0 && Refused.ContainsKey(name);
            // kubectl asks a terminal for a name when it has no credentials; we ask as nobody.
            if (kubectl.Said == "error: EOF") kubectl = kubectl with { Seen = Regex.Replace(ours.Seen, " authorization=.*", "") };
            if (kubectl.Seen != ours.Seen && !isRefusedKnowingly) differences.Add($"{name}\n  kubectl: {kubectl.Seen} {kubectl.Said}\n  we:      {ours.Seen} {ours.Said}");
            if (!JsonNode.DeepEquals(Json(kubectl.Told), Json(ours.Told))) differences.Add($"{name}\n  kubectl tells the plugin: {kubectl.Told}\n  we:      {ours.Told}");
        }

        Assert.True(count >= 160, $"{count} files");
        Assert.True(differences.Count == 0, $"{differences.Count} of {count} differ:\n{string.Join('\n', differences)}");
    }

    private static JsonNode? Json(string text) => text.Length == 0 ? null : JsonNode.Parse(text);

    private string Served(string text) => text
        .Replace("http://127.0.0.1:18080", $"http://127.0.0.1:{_api.PlainPort}", StringComparison.Ordinal)
        .Replace("http://127.0.0.1:18099", $"http://127.0.0.1:{_api.PlainPort}", StringComparison.Ordinal)
        .Replace("https://127.0.0.1:18443", $"https://127.0.0.1:{_api.SecurePort}", StringComparison.Ordinal)
        .Replace("<base64 of any CA>", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_api.AuthorityPem)), StringComparison.Ordinal)
        .Replace("/usr/local/bin/plugin", "./bin/good", StringComparison.Ordinal);

    private async Task<Outcome> KubectlAsync(string path)
    {
        var environment = new Dictionary<string, string?> { ["HOME"] = _folder.Path, ["KUBECONFIG"] = null, ["HTTPS_PROXY"] = null, ["https_proxy"] = null, ["KUBECACHEDIR"] = _folder.File("cache") };
        var result = await Tool.RunAsync(_kubectl, ["version", "-o", "json", "--kubeconfig", path, "--request-timeout=10s"], Stop, environment, _folder.Path);
        return new Outcome(_api.Take(), result.Error.Trim(), TakeInfo());
    }

    private async Task<Outcome> OursAsync(string path)
    {
        try
        {
            var connection = (await KubeconfigOf.ReadAsync([path], Stop)).Resolve(null);
            using var client = new KubernetesClient(connection, TimeProvider.System);
            await client.VersionAsync(Stop);
            return new Outcome(_api.Take(), "", TakeInfo());
        }
        catch (ClusterHealException e)
        {
            return new Outcome(_api.Take(), e.Message, TakeInfo());
        }
    }

    private string TakeInfo()
    {
        var info = _folder.File("info");
        if (!File.Exists(info)) return "";
        var text = File.ReadAllText(info);
        File.Delete(info);
        return text;
    }

    /// <param name="Seen">What the server saw.</param>
    /// <param name="Said">The error.</param>
    /// <param name="Told">What a credential plugin was told.</param>
    private sealed record Outcome(string Seen, string Said, string Told);
}
