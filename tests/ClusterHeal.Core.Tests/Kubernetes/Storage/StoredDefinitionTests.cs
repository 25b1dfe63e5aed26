using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Storage;

/// <summary>
/// Definitions as API servers store them, and as they serve them. Definitions that a real server stored are read in RealWholeRestoreTests; what is expected of old
/// ones, which no server writes any more, comes from apiextensions-apiserver (pkg/apis/apiextensions/v1/conversion.go, v1beta1/defaults.go).
/// </summary>
public sealed class StoredDefinitionTests
{
    [Fact]
    public async Task The_definition_of_a_real_cluster_becomes_what_kubectl_said()
    {
        var snapshot = Fixture.PathOf("kubernetes/kube-1.36-etcd-3.5.db");
        var found = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["CustomResourceDefinition"] });
        byte[] stored = [];
        StoredValues.Visit(snapshot, found, (_, value) => stored = value.ToArray(), TestContext.Current.CancellationToken);
        var served = JsonNode.Parse(StoredDefinition.AsServed(stored))!;
        var expected = JsonNode.Parse(Fixture.Read("kubernetes/objects.json"))!["items"]!.AsArray().Single(item => (string)item!["kind"]! == "CustomResourceDefinition")!;
        AssertEqual(expected["spec"], served["spec"]);
        Assert.Equal("apiextensions.k8s.io/v1", (string?)served["apiVersion"]);
        Assert.Null(served["status"]);
    }

    [Theory]
    [InlineData(
        "one version by its name, of before there were several",
        """{"group":"g","version":"v1","names":{},"scope":"Namespaced","preserveUnknownFields":false}""",
        """{"group":"g","names":{},"scope":"Namespaced","versions":[{"name":"v1","served":true,"storage":true}]}""")]
    [InlineData(
        "what stands once for all versions",
        """
        {"version":"v1","versions":[{"name":"v1","served":true,"storage":false},{"name":"v2","served":true,"storage":true}],"preserveUnknownFields":false,
         "validation":{"openAPIV3Schema":{"type":"object"}},"subresources":{"status":{}},"selectableFields":[{"jsonPath":".spec.a"}],
         "additionalPrinterColumns":[{"name":"A","type":"string","JSONPath":".spec.a"}]}
        """,
        """
        {"versions":[
          {"name":"v1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object"}},"subresources":{"status":{}},
           "additionalPrinterColumns":[{"name":"A","type":"string","jsonPath":".spec.a"}],"selectableFields":[{"jsonPath":".spec.a"}]},
          {"name":"v2","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}},"subresources":{"status":{}},
           "additionalPrinterColumns":[{"name":"A","type":"string","jsonPath":".spec.a"}],"selectableFields":[{"jsonPath":".spec.a"}]}]}
        """)]
    [InlineData(
        "what each version has for itself",
        """
        {"version":"v1","preserveUnknownFields":false,"versions":[
          {"name":"v1","schema":{"openAPIV3Schema":{"type":"object"}},"additionalPrinterColumns":[{"name":"A","JSONPath":".a"},{"name":"B","JSONPath":".b"}]},
          {"name":"v2","schema":{"openAPIV3Schema":{"type":"object","properties":{"JSONPath":{"type":"string"} } } } }]}
        """,
        """
        {"versions":[
          {"name":"v1","schema":{"openAPIV3Schema":{"type":"object"}},"additionalPrinterColumns":[{"name":"A","jsonPath":".a"},{"name":"B","jsonPath":".b"}]},
          {"name":"v2","schema":{"openAPIV3Schema":{"type":"object","properties":{"JSONPath":{"type":"string"} } } } }]}
        """)]
    [InlineData(
        "a webhook",
        """{"preserveUnknownFields":false,"conversion":{"strategy":"Webhook","webhookClientConfig":{"url":"https://a","caBundle":"AA=="},"conversionReviewVersions":["v1","v1beta1"]} }""",
        """{"conversion":{"strategy":"Webhook","webhook":{"clientConfig":{"url":"https://a","caBundle":"AA=="},"conversionReviewVersions":["v1","v1beta1"]} } }""")]
    [InlineData("fields that are kept, said", """{"preserveUnknownFields":true}""", """{"preserveUnknownFields":true}""")]
    [InlineData("fields that are kept, not said", """{"conversion":{"strategy":"None"} }""", """{"conversion":{"strategy":"None"},"preserveUnknownFields":true}""")]
    public void Each_field_goes_where_a_server_reads_it(string what, string stored, string served)
    {
        Assert.NotEmpty(what);
        var definition = JsonNode.Parse(StoredDefinition.AsServed(Definition(stored)))!;
        AssertEqual(JsonNode.Parse(served), definition["spec"]);
        AssertEqual(JsonNode.Parse("""{"name":"a.g","labels":{"x":"y"} }"""), definition["metadata"]);
    }

    [Theory]
    [InlineData("""{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1","metadata":{"name":"a"},"spec":{"version":"v1"} }""")]
    [InlineData("""{"kind":"Widget","apiVersion":"apiextensions.k8s.io/v1beta1","metadata":{"name":"a"},"spec":{"version":"v1"} }""")]
    [InlineData("""{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1beta1","metadata":{"name":"a"},"spec":{"version":"v1","version":"v2"} }""")]
    [InlineData("""{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1beta1","spec":{"version":"v1"}""")]
    [InlineData("k8s\0\n")]
    [InlineData("")]
    public void Everything_else_stays_as_it_is(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Assert.Same(bytes, StoredDefinition.AsServed(bytes));
    }

    [Theory]
    [InlineData("""{"versions":{},"validation":1,"conversion":[],"additionalPrinterColumns":null}""")]
    [InlineData("""{"versions":[1,null,{"additionalPrinterColumns":[2,{"JSONPath":null}]}],"subresources":[],"preserveUnknownFields":"x"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_field_of_a_wrong_type_stops_nothing(string spec) =>
        Assert.Equal("apiextensions.k8s.io/v1", (string?)JsonNode.Parse(StoredDefinition.AsServed(Definition(spec)))!["apiVersion"]);

    private static byte[] Definition(string spec) => Encoding.UTF8.GetBytes(
        $$"""{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1beta1","metadata":{"name":"a.g","labels":{"x":"y"} },"spec":{{spec}},"status":{"conditions":null,"storedVersions":["v1"]} }""");

    private static void AssertEqual(JsonNode? expected, JsonNode? actual) => Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected}\n{actual}");
}
