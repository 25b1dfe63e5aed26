using System.Text.Json.Nodes;
using ClusterHeal.Tests.Practice.ControlPlane;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>
/// Where the practice control plane answers otherwise than a real one, one fact each; docs/design/0006 lists the same. All other tests
/// here hold on both alike.
/// </summary>
public abstract class DifferenceTests(LiveControlPlane plane)
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Bodies_in_protobuf_are_refused_by_the_practice_server()
    {
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        var answer = await api.SendAsync("POST", ConfigMaps, Named("protobuf"), "application/vnd.kubernetes.protobuf");
        // It is JSON all the same, which a server that reads protobuf finds out.
        Assert.Equal(plane.IsReal ? 400 : 415, answer.Code);
    }

    [Fact]
    public async Task Field_managers_are_kept_by_the_real_server_only()
    {
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        var created = await api.SendAsync("POST", ConfigMaps, Named("managed"));
        Assert.Equal(201, created.Code);
        Assert.Equal(plane.IsReal, created.Json["metadata"]!["managedFields"] is not null);
    }

    [Fact]
    public async Task Server_side_apply_is_known_to_the_real_server_only()
    {
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        var applied = await api.SendAsync(
            "PATCH", $"{ConfigMaps}/applied?fieldManager=test", Named("applied"), "application/apply-patch+yaml");
        Assert.Equal(plane.IsReal ? 201 : 415, applied.Code);
    }

    [Fact]
    public async Task An_unknown_field_is_refused_by_the_real_server_where_that_is_asked_for()
    {
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        var body = Named("typo");
        body["dta"] = "x";
        var answer = await api.SendAsync("POST", $"{ConfigMaps}?fieldValidation=Strict&dryRun=All", body);
        Assert.Equal(plane.IsReal ? 400 : 201, answer.Code);
    }

    [Theory]
    [InlineData("/apis/rbac.authorization.k8s.io/v1")]
    [InlineData("/apis/apiextensions.k8s.io/v1")]
    public async Task Roles_and_custom_resources_are_known_to_the_real_server_only(string group)
    {
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        Assert.Equal(plane.IsReal ? 200 : 404, (await api.SendAsync("GET", group)).Code);
    }

    [Fact]
    public async Task Webhooks_are_kept_by_both_and_called_by_the_real_server_only()
    {
        const string Webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
        const string NobodyListens = """
            {
              "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": { "name": "nobody" },
              "webhooks": [{
                "name": "nobody.example.com", "clientConfig": { "url": "https://127.0.0.1:9/" }, "failurePolicy": "Fail",
                "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"] }],
                "objectSelector": { "matchLabels": { "webhook": "asked" } }, "sideEffects": "None", "admissionReviewVersions": ["v1"]
              }]
            }
            """;
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        Assert.Equal(201, (await api.SendAsync("POST", Webhooks, JsonNode.Parse(NobodyListens)!.AsObject())).Code);
        try
        {
            var body = Named("asked");
            body["metadata"]!["labels"] = new JsonObject { ["webhook"] = "asked" };
            var answers = plane.IsReal ? 500 : 201;
            // A server learns of a webhook by a watch.
            await LiveControlPlane.Eventually(
                async () => (await api.SendAsync("POST", $"{ConfigMaps}?dryRun=All", body)).Code == answers, $"a POST answered with {answers}");
        }
        finally
        {
            await api.SendAsync("DELETE", $"{Webhooks}/nobody");
        }
    }

    [Fact]
    public async Task A_list_that_goes_on_after_a_compaction_is_forgotten_by_the_real_server_only()
    {
        plane.Require();
        using var api = new ApiProbe(plane.Plane);
        for (var i = 0; i < 3; i++) await api.SendAsync("POST", ConfigMaps, Named($"page{i}"));
        var first = (await api.SendAsync("GET", $"{ConfigMaps}?limit=1")).Json["metadata"]!;
        await api.SendAsync("POST", ConfigMaps, Named("page3"));
        var now = (string)(await api.SendAsync("GET", $"{ConfigMaps}?limit=1")).Json["metadata"]!["resourceVersion"]!;
        (await plane.Plane.Etcd.EtcdCtlAsync(TestContext.Current.CancellationToken, "compact", now)).Expect();
        await plane.Plane.ApiServer.KillAsync();
        plane.Plane.ApiServer.Start();
        await plane.Plane.WaitUntilServingAsync(TestContext.Current.CancellationToken);
        plane.RestartControllersIfGone();
        var rest = await api.SendAsync("GET", $"{ConfigMaps}?limit=1&continue={Uri.EscapeDataString((string)first["continue"]!)}");
        Assert.Equal(plane.IsReal ? 410 : 200, rest.Code);
    }

    private static JsonObject Named(string name) => new()
    {
        ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name },
        // A real server lists managers of fields only where there is a field to manage.
        ["data"] = new JsonObject { ["a"] = "b" },
    };
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeDifferenceTests(PracticePlane plane) : DifferenceTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealDifferenceTests(RealPlane plane) : DifferenceTests(plane);
