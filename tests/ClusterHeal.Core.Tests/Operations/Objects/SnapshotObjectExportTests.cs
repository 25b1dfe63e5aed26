using System.Text.Json.Nodes;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Etcd;
using ClusterHeal.Tests.Kubernetes;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Manifests of stored objects, with and without an API server.</summary>
public sealed class SnapshotObjectExportTests : IDisposable
{
    private const string Canary = "cGFzc3dvcmQ-canary";
    private static readonly string Snapshot = Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db");
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ManifestFormat.Yaml)]
    [InlineData(ManifestFormat.Json)]
    public async Task A_custom_resource_is_written_as_kubectl_has_it_without_what_a_server_sets(ManifestFormat format)
    {
        var objects = await ObjectListing.OfAsync(Snapshot, new ObjectFilter { Kind = ["Widget"] });
        var (files, sink) = await ExportAsync(objects, format);
        var file = Assert.Single(files);
        Assert.True(file.IsManifest);
        Assert.Empty(sink.Warnings);

        var expected = JsonNode.Parse(Fixture.Read("kubernetes/objects.json"))!["items"]!.AsArray().Single(item => (string)item!["kind"]! == "Widget")!.AsObject();
        expected.Remove("status");
        foreach (var name in new[] { "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields" }) expected["metadata"]!.AsObject().Remove(name);
        Assert.True(JsonNode.DeepEquals(expected, await ReadAsync(file.Path, format)), await File.ReadAllTextAsync(file.Path, Stop));
    }

    [Fact]
    public async Task Texts_that_YAML_could_take_for_something_else_stay_texts()
    {
        string[] texts =
        [
            "true", "no", "null", "~", "1", "1e3", "0x1f", "2026-01-02", ": ", "# x", "- a", "a: b", "", " lead", "trail ", "a\nb", "a\nb\n", "a\n\n", "\n", "tab\there", "\"quoted\"",
            "'single'", "{{ x }}", "%", "@", "`", "é\u2028x", "\u0001", "a\r\nb", "  indented\nfirst", "=", "<<", "0o7", "1_000", ".inf", "*a", "&a", "!a", "|", ">",
        ];
        var widget = new JsonObject
        {
            ["apiVersion"] = "example.com/v1", ["kind"] = "Widget", ["metadata"] = new JsonObject { ["name"] = "w", ["namespace"] = "default" },
            ["texts"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]),
            ["keys"] = new JsonObject(texts.Select(text => KeyValuePair.Create(text, (JsonNode?)text))),
            ["numbers"] = new JsonArray(1, -1, 0.5, 1e300, long.MaxValue), ["flags"] = new JsonArray(true, false, null), ["empty"] = new JsonArray(new JsonObject(), new JsonArray()),
        };
        var path = await SnapshotOfAsync(("/registry/example.com/widgets/default/w", System.Text.Encoding.UTF8.GetBytes(widget.ToJsonString())));
        var (files, _) = await ExportAsync(await ObjectListing.OfAsync(path), ManifestFormat.Yaml);
        var read = await ReadAsync(Assert.Single(files).Path, ManifestFormat.Yaml);
        Assert.True(JsonNode.DeepEquals(widget, read), read.ToJsonString());
    }

    [Fact]
    public async Task What_cannot_be_turned_is_written_as_it_is_stored_and_said()
    {
        var (files, sink) = await ExportAsync(await ObjectListing.OfAsync(Snapshot), ManifestFormat.Yaml);
        Assert.Equal((await ObjectListing.OfAsync(Snapshot)).Length, files.Length);
        var raw = files.Where(file => !file.IsManifest).ToArray();
        Assert.All(raw, file => Assert.EndsWith(".bin", file.Path, StringComparison.Ordinal));
        Assert.All(raw, file => Assert.Contains("protobuf", file.Problem, StringComparison.Ordinal));
        Assert.Contains($"{raw.Length} object(s)", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        var pod = raw.First(file => file.Resource == "pods");
        Assert.StartsWith("k8s\0", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(pod.Path, Stop)), StringComparison.Ordinal);
        Assert.Equal(_folder.File(Path.Combine("out", pod.Namespace, "pods", pod.Name + ".bin")), pod.Path);
        if (OperatingSystem.IsWindows()) return;
        Assert.All(Directory.GetFiles(_folder.File("out"), "*", SearchOption.AllDirectories), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_file_that_is_there_stays_unless_it_may_be_replaced()
    {
        var objects = await ObjectListing.OfAsync(Snapshot, new ObjectFilter { Kind = ["Widget"] });
        var (files, _) = await ExportAsync(objects, ManifestFormat.Yaml);
        await File.WriteAllTextAsync(files[0].Path, "precious", Stop);
        var (none, sink) = await ExportAsync(objects, ManifestFormat.Yaml);
        Assert.Empty(none);
        Assert.Equal(ErrorIds.PathExists, Assert.Single(sink.Faults).ErrorId);
        Assert.Equal("precious", await File.ReadAllTextAsync(files[0].Path, Stop));
        Assert.Single((await ExportAsync(objects, ManifestFormat.Yaml, force: true)).Files);
        Assert.NotEqual("precious", await File.ReadAllTextAsync(files[0].Path, Stop));
    }

    [Fact]
    public async Task Names_that_would_lead_elsewhere_stay_in_the_folder()
    {
        string[] keys = ["/registry/roles/../..", "/registry/roles/a/..", "/registry/..com/../x/y", "/registry/clusterroles/system:a\\b", "/registry/roles/default/a\nb"];
        var path = await SnapshotOfAsync([.. keys.Select(key => (key, StoredObjects.Json(key, "1")))]);
        var (files, _) = await ExportAsync(await ObjectListing.OfAsync(path), ManifestFormat.Json);
        Assert.Equal(keys.Length, files.Length);
        var root = _folder.File("out") + Path.DirectorySeparatorChar;
        Assert.All(files, file => Assert.StartsWith(root, Path.GetFullPath(file.Path), StringComparison.Ordinal));
        Assert.Equal(keys.Length, Directory.GetFiles(root, "*.json", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task An_API_server_turns_protobuf_and_the_trial_has_no_server_field_and_a_free_name()
    {
        List<string> tries = [];
        await using var server = new ScriptedApi(request =>
        {
            switch (request.Url!.AbsolutePath)
            {
                case "/api/v1":
                    return new ScriptedAnswer(200, """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","kind":"Pod","namespaced":true,"verbs":["create","list"]}]}""");
                case "/apis":
                    return new ScriptedAnswer(200, """{"kind":"APIGroupList","groups":[]}""");
                default:
                    using (var body = new MemoryStream())
                    {
                        request.InputStream.CopyTo(body);
                        var envelope = ClusterHeal.Kubernetes.StorageEnvelope.Open(body.ToArray());
                        var metadata = ClusterHeal.Kubernetes.StorageMetadata.Read(envelope)!;
                        tries.Add($"{request.HttpMethod} {request.Url.PathAndQuery} {request.ContentType} {metadata.Namespace} '{metadata.Uid}' {metadata.CreationTimestamp} {metadata.Owners.Count} {metadata.Name}");
                        if (tries.Count == 1) return new ScriptedAnswer(404, """{"kind":"Status","code":404,"message":"namespaces not found"}""");
                        if (tries.Count == 2) return new ScriptedAnswer(409, """{"kind":"Status","code":409,"message":"already exists"}""");
                        return new ScriptedAnswer(201, $$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{metadata.Name}}}","namespace":"{{{metadata.Namespace}}}","uid":"u"},"spec":{"x":1},"status":{}}""");
                    }
            }
        });
        using var client = server.Connect();
        var pod = (await ObjectListing.OfAsync(Snapshot, new ObjectFilter { Kind = ["Pod"], LabelSelector = "run=nginx" }))[0];
        var (files, _) = await ExportAsync([pod], ManifestFormat.Json, client: client);
        const string Start = "POST /api/v1/namespaces/default/pods?dryRun=All application/vnd.kubernetes.protobuf default ''  0 ";
        Assert.Equal(Start + pod.Name, tries[0]);
        Assert.Equal(Start + pod.Name, tries[1]);
        Assert.StartsWith(Start + "clusterheal-", tries[2], StringComparison.Ordinal);
        var expected = new JsonObject
        {
            ["kind"] = "Pod", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = "default" }, ["spec"] = new JsonObject { ["x"] = 1 },
        };
        Assert.True(JsonNode.DeepEquals(expected, await ReadAsync(Assert.Single(files).Path, ManifestFormat.Json)));
    }

    [Fact]
    public async Task Nothing_that_is_said_holds_a_secret()
    {
        var secret = $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{{{Canary}}}"}},"data":{"p":"{{{Canary}}}"}}""";
        var path = await SnapshotOfAsync(
            ("/registry/secrets/default/json", System.Text.Encoding.UTF8.GetBytes(secret)),
            ("/registry/secrets/default/cut", System.Text.Encoding.UTF8.GetBytes(secret[..^1])),
            ("/registry/secrets/default/encrypted", System.Text.Encoding.UTF8.GetBytes("k8s:enc:aescbc:v1:key1:" + Canary)));
        var objects = await ObjectListing.OfAsync(path);
        var (files, sink) = await ExportAsync(objects, ManifestFormat.Yaml);
        Assert.Equal(3, files.Length);
        var said = System.Text.Json.JsonSerializer.Serialize(new { objects, files, sink.Warnings, sink.Verboses, Faults = sink.Faults.Select(f => f.ToString()) });
        Assert.DoesNotContain(Canary, said, StringComparison.Ordinal);
        Assert.Contains(Canary, await File.ReadAllTextAsync(files.Single(file => file.Name == "json").Path, Stop), StringComparison.Ordinal);
    }

    private async Task<(EtcdSnapshotObjectFile[] Files, RecordingSink Sink)> ExportAsync(
        EtcdSnapshotObject[] objects, ManifestFormat format, bool force = false, ClusterHeal.Kubernetes.KubernetesClient? client = null)
    {
        var sink = new RecordingSink();
        var export = new SnapshotObjectExport { Destination = _folder.File("out"), Format = format, Force = force, Client = client };
        await export.RunAsync(objects[0].Path, objects, sink, Stop);
        return ([.. sink.Records.Cast<EtcdSnapshotObjectFile>()], sink);
    }

    private async Task<string> SnapshotOfAsync(params (string Key, byte[] Value)[] values)
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        foreach (var (key, value) in values) await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value) }, Stop);
        var path = _folder.File("made.db");
        (await etcd.EtcdCtlAsync(Stop, "snapshot", "save", path)).Expect();
        return path;
    }

    private static async Task<JsonNode> ReadAsync(string path, ManifestFormat format)
    {
        if (format == ManifestFormat.Json) return JsonNode.Parse(await File.ReadAllTextAsync(path, Stop))!;
        // kubectl reads a file and prints it as JSON; an empty patch that stays local needs no server.
        var kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, Stop)).Bin, "kubectl");
        var printed = await Tool.RunAsync(kubectl, ["patch", "--local", "-f", path, "--type=merge", "--patch={}", "--output=json"], Stop);
        return JsonNode.Parse(printed.Expect().Output)!;
    }
}
