using System.Text;
using System.Text.Json;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>What a real API server encrypted at rest. Each provider has a server of its own.</summary>
public sealed class RealEncryptionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DateTime _start = DateTime.UtcNow;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("aescbc", 32)]
    [InlineData("aesgcm", 16)]
    [InlineData("secretbox", 32)]
    public async Task A_Secret_that_a_server_encrypted_is_compared_decrypted_and_restored_and_nothing_leaks(string provider, int keyLength)
    {
        const string Canary = "canary-of-a-secret";
        var assets = LocalControlPlaneOptions.AssetsOfEnvironment;
        Assert.SkipWhen(assets is null, "KUBEBUILDER_ASSETS does not name a folder with kube-apiserver.");
        var key = Encoding.ASCII.GetBytes(new string('k', keyLength));
        string right = WriteKeys("right.yaml", provider, key), wrong = WriteKeys("wrong.yaml", provider, [.. key.Select(b => (byte)(b + 1))]);
        var options = new LocalControlPlaneOptions { KubernetesAssets = assets, Controllers = false, Nodes = [], ApiServerArguments = [$"--encryption-provider-config={right}"] };
        await using var encrypted = await LocalControlPlane.StartAsync(options, Stop);
        using var api = new RawApi(encrypted);
        using var client = new KubernetesClient(await KubernetesConnection.ReadAsync([encrypted.Kubeconfig], null, Stop), TimeProvider.System);
        var secret = Thing("Secret", "default", "sealed", $$""","data":{"p":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(Canary))}}"}""");
        await LiveControlPlane.Eventually(() => api.ExistsAsync("/api/v1/namespaces/default"), "the namespace default");
        await api.PostAsync("/api/v1/namespaces/default/secrets", secret);
        var snapshot = _folder.File($"{provider}.db");
        (await encrypted.Etcd.EtcdCtlAsync(Stop, "snapshot", "save", snapshot)).Expect();
        Assert.DoesNotContain(Canary, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(snapshot, Stop)), StringComparison.Ordinal);
        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["Secret"] });
        Assert.Equal((StoredObjectForm.Encrypted, $"{provider}:v1:key1"), (objects.Single().Form, objects.Single().Encryption));
        Assert.Empty(await SnapshotDifferences.OfAsync(snapshot, new ComparedApi(client), new SnapshotComparison { Filter = new ObjectFilter { Kind = ["Secret"] } }));
        List<string> said = [];
        await SeenWithKeysAsync();
        await api.DeleteAsync("/api/v1/namespaces/default/secrets/sealed");
        Assert.Contains("its key has to be given", Problem(await RestoreAsync(null), "sealed"), StringComparison.Ordinal);
        Assert.Contains("is another one", Problem(await RestoreAsync(wrong), "sealed"), StringComparison.Ordinal);
        Assert.Equal(ClusterObjectOutcome.Created, (await RestoreAsync(right)).Single().Outcome);
        Assert.Equal(Canary, Encoding.ASCII.GetString(Convert.FromBase64String((string)(await api.GetAsync("/api/v1/namespaces/default/secrets/sealed"))["data"]!["p"]!)));
        await api.PatchAsync("/api/v1/namespaces/default/secrets/sealed", """{"data":{"p":"b3RoZXI="}}""");
        Assert.Equal(["data.p"], (await RestoreAsync(right, replace: true)).Single().Changes.Select(change => change.ToString()));
        foreach (var text in said.Append(Everywhere()))
        {
            Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.ASCII.GetBytes(Canary)), text, StringComparison.Ordinal);
        }

        // What Get and Export show with the keys is what the server says.
        async Task SeenWithKeysAsync()
        {
            var live = (await api.GetAsync("/api/v1/namespaces/default/secrets/sealed"))["metadata"]!;
            var listing = new RecordingSink();
            await new SnapshotObjectQuery { Filter = new ObjectFilter { LabelSelector = "a=b" }, EncryptionConfigurationFile = right }.RunAsync(snapshot, listing, Stop);
            var found = Assert.Single(listing.Records.Cast<EtcdSnapshotObject>());
            Assert.Equal(((string?)live["uid"], "Secret", "v1", StoredObjectForm.Encrypted), (found.Uid, found.Kind, found.ApiVersion, found.Form));
            said.Add(Said(listing));
            using var folder = new TempFolder();
            var export = new RecordingSink();
            await new SnapshotObjectExport { Destination = folder.File("out"), Format = ManifestFormat.Json, Client = client, EncryptionConfigurationFile = right }
                .RunAsync(snapshot, [found], export, Stop);
            var file = Assert.Single(export.Records.Cast<EtcdSnapshotObjectFile>());
            var manifest = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(file.Path, Stop))!;
            Assert.Equal(Convert.ToBase64String(Encoding.ASCII.GetBytes(Canary)), (string?)manifest["data"]!["p"]);
            said.Add(Said(export));
        }

        async Task<ClusterObjectRestore[]> RestoreAsync(string? keys, bool replace = false)
        {
            var sink = await ObjectRestores.RunAsync(client, snapshot, objects, r => r with { EncryptionConfigurationFile = keys, Replace = replace });
            said.Add(Said(sink));
            return sink.Results();
        }
    }

    private static string Problem(IEnumerable<ClusterObjectRestore> results, string name) => results.Single(result => result.Name == name).Problem ?? "";

    private static string Thing(string kind, string nameSpace, string name, string more) =>
        $$"""{"apiVersion":"v1","kind":"{{kind}}","metadata":{"name":"{{name}}","namespace":"{{nameSpace}}","labels":{"a":"b"} }{{more}} }""";

    /// <summary>All that was said, in whatever way.</summary>
    internal static string Said(RecordingSink sink) => JsonSerializer.Serialize(
        new { sink.Records, sink.Warnings, sink.Verboses, sink.Questions, sink.Reports, Texts = sink.Records.Select(r => r.ToString()), Faults = sink.Faults.Select(f => f.ToString()) });

    /// <summary>All files that the test has, and those that lie about where temporary ones do.</summary>
    private string Everywhere() => string.Concat(Directory.GetFiles(Path.GetDirectoryName(_folder.File("x"))!, "*", SearchOption.AllDirectories)
        .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))) + TemporaryFiles.TextSince(_start);

    private string WriteKeys(string name, string provider, byte[] key)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, $"""
            apiVersion: apiserver.config.k8s.io/v1
            kind: EncryptionConfiguration
            resources:
            - resources: [secrets]
              providers:
              - {provider}:
                  keys:
                  - name: key1
                    secret: {Convert.ToBase64String(key)}
              - identity: {"{}"}
            """);
        return path;
    }
}
