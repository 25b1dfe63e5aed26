using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Etcd;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using ClusterHeal.Tests.Kubernetes;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>What the keys of encryption at rest show of a snapshot, and that nothing else of what they open is said.</summary>
public sealed class EncryptedObjectTests : IDisposable
{
    private const string Canary = "canary-of-a-secret", Place = "/registry/secrets/default/";
    private static readonly string Encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary));
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_their_keys_encrypted_objects_show_their_metadata_and_no_data()
    {
        var path = await MadeSnapshot.OfAsync(_folder, (Place + "db", SealedValues.Of(Secret("db"), "key1")), (Place + "other", SealedValues.Of(Secret("other"), "key9")));
        var keys = SealedValues.WriteKeys(_folder, "keys.yaml", "key1");

        var listed = (await ListAsync(path, keys)).Records.Cast<EtcdSnapshotObject>().ToArray();
        var found = listed.Single(each => each.Name == "db");
        Assert.Equal(("Secret", "v1", "u-db", "aescbc:v1:key1", StoredObjectForm.Encrypted), (found.Kind, found.ApiVersion, found.Uid, found.Encryption, found.Form));
        Assert.Equal("shop", found.Labels["app"]);
        Assert.Equal(["note"], found.Annotations.Keys);
        Assert.Null(found.Problem);
        Assert.Contains("no key of that provider and name", listed.Single(each => each.Name == "other").Problem, StringComparison.Ordinal);

        var selected = await ListAsync(path, keys, "app=shop");
        Assert.Equal("db", selected.Records.Cast<EtcdSnapshotObject>().Single().Name);
        Assert.StartsWith($"'{path}': 1 object(s) are encrypted", Assert.Single(selected.Warnings), StringComparison.Ordinal);
        var without = await ListAsync(path, null, "app=shop");
        Assert.Empty(without.Records);
        Assert.Contains("-EncryptionConfigurationFile", Assert.Single(without.Warnings), StringComparison.Ordinal);
        AssertSilent(JsonSerializer.Serialize(listed), string.Concat(listed.Select(each => each.ToString())));
    }

    [Fact]
    public async Task With_the_keys_an_object_that_was_only_encrypted_anew_is_the_same()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        foreach (var name in new[] { "same", "anew", "changed", "opened", "foreign" }) await PutAsync(client, name, SealedValues.Of(Secret(name), name == "foreign" ? "key9" : "key1"));
        var first = await SaveAsync(etcd);
        await PutAsync(client, "anew", SealedValues.Of(Secret("anew"), "key2"));
        await PutAsync(client, "changed", SealedValues.Of(Secret("changed", "b3RoZXI="), "key2"));
        await PutAsync(client, "opened", Encoding.UTF8.GetBytes(Secret("opened")));
        await PutAsync(client, "foreign", SealedValues.Of(Secret("foreign"), "key9"));
        var second = await SaveAsync(etcd);
        var keys = SealedValues.WriteKeys(_folder, "keys.yaml", "key2", "key1");

        string[] blind = ["Changed secrets/default/anew", "Changed secrets/default/changed", "Changed secrets/default/foreign", "Changed secrets/default/opened"];
        var seeing = new SnapshotComparison { Filter = new ObjectFilter(), EncryptionConfigurationFile = keys };
        foreach (var other in new Func<ComparedState>[] { () => new ComparedSnapshot(second), () => new ComparedEtcd(connection) })
        {
            Assert.Equal(blind, await SnapshotDifferences.OfAsync(first, other()));
            var sink = await SnapshotDifferences.RunAsync(first, other(), seeing);
            Assert.Equal(
                ["Changed secrets/default/changed", "Changed secrets/default/foreign"],
                sink.Records.Select(record => record.ToString()).Order(StringComparer.Ordinal));
            Assert.Contains("keys that", Assert.Single(sink.Warnings), StringComparison.Ordinal);
            AssertSilent(JsonSerializer.Serialize(new { sink.Records, sink.Warnings, sink.Verboses, Texts = sink.Records.Select(record => record.ToString()) }));
        }
    }

    [Fact]
    public async Task Through_the_API_the_keys_are_of_no_use_and_that_is_said()
    {
        await using var server = new ScriptedApi(request => request.Url!.AbsolutePath switch
        {
            "/api/v1" => new ScriptedAnswer(200, """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"secrets","kind":"Secret","namespaced":true,"verbs":["list"]}]}"""),
            "/apis" => new ScriptedAnswer(200, """{"kind":"APIGroupList","groups":[]}"""),
            "/api/v1/secrets" => new ScriptedAnswer(200, """{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"9"},"items":[]}"""),
            _ => new ScriptedAnswer(404, """{"kind":"Status","code":404,"reason":"NotFound","message":"not found"}"""),
        });
        using var client = server.Connect();
        var path = await MadeSnapshot.OfAsync(_folder, (Place + "db", SealedValues.Of(Secret("db"), "key1")));
        var comparison = new SnapshotComparison { Filter = new ObjectFilter(), EncryptionConfigurationFile = SealedValues.WriteKeys(_folder, "keys.yaml", "key1") };
        var sink = await SnapshotDifferences.RunAsync(path, new ComparedApi(client), comparison);
        Assert.Contains("(-Endpoint)", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        Assert.Equal("Deleted secrets/default/db", Assert.Single(sink.Records).ToString());
    }

    [Fact]
    public async Task An_encrypted_object_becomes_a_manifest_with_its_key_and_nowhere_else_is_what_was_in_it()
    {
        var path = await MadeSnapshot.OfAsync(_folder, (Place + "db", SealedValues.Of(Secret("db"), "key1")), (Place + "other", SealedValues.Of(Secret("other"), "key9")));
        var keys = SealedValues.WriteKeys(_folder, "keys.yaml", "key1");
        var start = DateTime.UtcNow;
        var sink = new RecordingSink();
        await new SnapshotObjectExport { Destination = _folder.File("out"), Format = ManifestFormat.Json, EncryptionConfigurationFile = keys }
            .RunAsync(path, await ObjectListing.OfAsync(path), sink, Stop);
        var files = sink.Records.Cast<EtcdSnapshotObjectFile>().ToDictionary(file => file.Name);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(files["db"].Path, Stop))!;
        Assert.Equal((Encoded, null), ((string?)manifest["data"]!["p"], (string?)manifest["metadata"]!["uid"]));
        Assert.False(files["other"].IsManifest);
        Assert.Contains("no key of that provider and name", files["other"].Problem, StringComparison.Ordinal);
        AssertSilent(JsonSerializer.Serialize(new { sink.Records, sink.Warnings, sink.Verboses, sink.Questions, Faults = sink.Faults.Select(fault => fault.ToString()) }));
        var others = Directory.GetFiles(_folder.File("out"), "*", SearchOption.AllDirectories).Where(file => file != files["db"].Path);
        foreach (var file in others) AssertSilent(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Stop)));
        AssertSilent(TemporaryFiles.TextSince(start));
    }

    [Fact]
    public async Task A_server_that_quotes_a_Secret_which_it_does_not_take_is_not_repeated()
    {
        var tried = 0;
        await using var server = new ScriptedApi(request => request.Url!.AbsolutePath switch
        {
            "/api/v1" => new ScriptedAnswer(200, """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"secrets","kind":"Secret","namespaced":true,"verbs":["create"]}]}"""),
            "/apis" => new ScriptedAnswer(200, """{"kind":"APIGroupList","groups":[]}"""),
            _ when Interlocked.Increment(ref tried) > 0 => new ScriptedAnswer(400, $$"""{"kind":"Status","code":400,"reason":"BadRequest","message":"denied: {{Canary}}"}"""),
            _ => new ScriptedAnswer(404, "{}"),
        });
        using var client = server.Connect();
        // A Secret in protobuf: metadata, and data as a map from p to the canary.
        var name = Message(1, "db"u8.ToArray());
        var secret = (byte[])[.. Message(1, name), .. Message(2, [.. Message(1, "p"u8.ToArray()), .. Message(2, Encoding.UTF8.GetBytes(Canary))])];
        byte[] value = [.. "k8s\0"u8, .. Message(1, [.. Message(1, "v1"u8.ToArray()), .. Message(2, "Secret"u8.ToArray())]), .. Message(2, secret)];
        var path = await MadeSnapshot.OfAsync(_folder, (Place + "db", value));
        var sink = new RecordingSink();
        await new SnapshotObjectExport { Destination = _folder.File("out"), Client = client }.RunAsync(path, await ObjectListing.OfAsync(path), sink, Stop);
        var file = Assert.Single(sink.Records.Cast<EtcdSnapshotObjectFile>());
        Assert.Equal(1, tried);
        Assert.Contains("repeats a part of the object", file.Problem, StringComparison.Ordinal);
        AssertSilent(JsonSerializer.Serialize(sink.Records));
    }

    private static byte[] Message(int field, byte[] bytes) => [(byte)((field << 3) | 2), (byte)bytes.Length, .. bytes];

    private static string Secret(string name, string? data = null) => $$"""
        {"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{name}}","namespace":"default","uid":"u-{{name}}","labels":{"app":"shop"},"annotations":
         {"note":"x","kubectl.kubernetes.io/last-applied-configuration":"{{Encoded}}"} },"data":{"p":"{{data ?? Encoded}}"} }
        """;

    private static void AssertSilent(params string[] said)
    {
        foreach (var text in said)
        {
            Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Encoded, text, StringComparison.Ordinal);
        }
    }

    private static async Task<RecordingSink> ListAsync(string path, string? keys, string? labels = null)
    {
        var sink = new RecordingSink();
        await new SnapshotObjectQuery { Filter = new ObjectFilter { LabelSelector = labels }, EncryptionConfigurationFile = keys }.RunAsync(path, sink, Stop);
        Assert.Empty(sink.Faults);
        return sink;
    }

    private static Task<PutResponse> PutAsync(EtcdClient client, string name, byte[] value) =>
        client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8(Place + name), Value = ByteString.CopyFrom(value) }, Stop);

    private async Task<string> SaveAsync(LocalEtcd etcd)
    {
        var path = _folder.File($"{Guid.NewGuid():n}.db");
        (await etcd.EtcdCtlAsync(Stop, "snapshot", "save", path)).Expect();
        return path;
    }
}
