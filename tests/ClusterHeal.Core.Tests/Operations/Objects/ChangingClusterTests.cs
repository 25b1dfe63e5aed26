using System.Text.Json.Nodes;
using ClusterHeal.Tests.Kubernetes;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>A live cluster that changes while objects are restored.</summary>
public sealed class ChangingClusterTests : IDisposable
{
    private const string Discovery = """
        {"kind":"APIResourceList","groupVersion":"v1","resources":[
          {"name":"configmaps","kind":"ConfigMap","namespaced":true,"verbs":["create","get"]},{"name":"namespaces","kind":"Namespace","namespaced":false,"verbs":["create","get"]}]}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_object_that_somebody_changes_between_the_look_and_the_replacement_is_left_as_it_is()
    {
        List<string> written = [];
        await using var server = new ScriptedApi(request =>
        {
            switch ((request.HttpMethod, request.Url!.AbsolutePath))
            {
                case ("GET", "/api/v1"):
                    return new ScriptedAnswer(200, Discovery);
                case ("GET", "/apis"):
                    return new ScriptedAnswer(200, """{"kind":"APIGroupList","groups":[]}""");
                case ("GET", "/api/v1/namespaces/default"):
                    return new ScriptedAnswer(200, """{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"default","uid":"n"} }""");
                case ("GET", "/api/v1/namespaces/default/configmaps/a"):
                    return new ScriptedAnswer(200, """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"default","uid":"u","resourceVersion":"5"},"data":{"a":"now"} }""");
                case ("POST", _):
                    return new ScriptedAnswer(409, """{"kind":"Status","code":409,"reason":"AlreadyExists","message":"configmaps \"a\" already exists","details":{"name":"a","kind":"configmaps"} }""");
                case ("PUT", _):
                    using (var reader = new StreamReader(request.InputStream))
                    {
                        written.Add($"{request.Url.Query} {(string?)JsonNode.Parse(reader.ReadToEnd())!["metadata"]!["resourceVersion"]}");
                    }

                    return request.Url.Query.Contains("dryRun", StringComparison.Ordinal)
                        ? new ScriptedAnswer(200, """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"default","uid":"u","resourceVersion":"5"},"data":{"a":"then"} }""")
                        : new ScriptedAnswer(409, """{"kind":"Status","code":409,"reason":"Conflict","message":"the object has been modified; please apply your changes to the latest version"}""");
                default:
                    return new ScriptedAnswer(404, """{"kind":"Status","code":404,"reason":"NotFound","message":"not found"}""");
            }
        });
        using var client = server.Connect();
        var path = await MadeSnapshot.OfAsync(
            _folder, ("/registry/configmaps/default/a", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"},"data":{"a":"then"} }"""));
        var sink = await ObjectRestores.RunAsync(client, path, await ObjectListing.OfAsync(path), restore => restore with { Replace = true });
        var result = Assert.Single(sink.Results());
        Assert.Equal(ClusterObjectOutcome.Failed, result.Outcome);
        Assert.Contains("has been modified", result.Problem, StringComparison.Ordinal);
        Assert.Single(sink.Faults);
        Assert.Equal(["?dryRun=All 5", " 5"], written);
    }
}
