using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Api;

namespace ClusterHeal.Tests.Practice.ControlPlane;

public sealed class PatchTests
{
    [Theory]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"b":{"c":null,"d":3}}""", """{"a":1,"b":{"d":3}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":"x"}""", """{"a":{"b":{"c":null}}}""", """{"a":{"b":{}}}""")] // RFC 7386, appendix A
    public void A_merge_patch_merges_maps_and_replaces_lists(string target, string patch, string expected)
    {
        var o = Parse(target);
        Patches.Merge(o, Parse(patch));
        AssertSame(expected, o);
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/a/-","value":3}]""", """{"a":[1,3],"b":2}""")]
    [InlineData("""[{"op":"remove","path":"/a/0"}]""", """{"a":[],"b":2}""")]
    [InlineData("""[{"op":"move","from":"/b","path":"/c"}]""", """{"a":[1],"c":2}""")]
    [InlineData("""[{"op":"copy","from":"/b","path":"/a/0"},{"op":"test","path":"/a/0","value":2}]""", """{"a":[2,1],"b":2}""")]
    [InlineData("""[{"op":"add","path":"/x~1y~0z","value":1}]""", """{"a":[1],"b":2,"x/y~z":1}""")]
    public void A_json_patch_runs_in_order(string patch, string expected) =>
        AssertSame(expected, Patches.Apply(Parse("""{"a":[1],"b":2}"""), JsonNode.Parse(patch)!.AsArray()));

    [Theory]
    [InlineData("""[{"op":"test","path":"/b","value":3}]""")]
    [InlineData("""[{"op":"remove","path":"/none"}]""")]
    [InlineData("""[{"op":"add","path":"/a/9","value":3}]""")]
    [InlineData("""[{"op":"jump","path":"/a"}]""")]
    [InlineData("""[{"op":"add"}]""")]
    public void A_json_patch_that_cannot_be_run_is_refused(string patch) =>
        Assert.Equal(
            422, Assert.Throws<ApiFault>(() => Patches.Apply(Parse("""{"a":[1],"b":2}"""), JsonNode.Parse(patch)!.AsArray())).Code);

    [Theory]
    [InlineData("""{"containers":[{"name":"a","image":"2"}]}""", """{"containers":[{"name":"a","image":"2"},{"name":"b","image":"1"}]}""")]
    [InlineData("""{"containers":[{"name":"a","$patch":"delete"}]}""", """{"containers":[{"name":"b","image":"1"}]}""")]
    [InlineData("""{"containers":[{"name":"c"}],"$setElementOrder/containers":[{"name":"c"},{"name":"b"},{"name":"a"}]}""",
        """{"containers":[{"name":"c"},{"name":"b","image":"1"},{"name":"a","image":"1"}]}""")]
    [InlineData("""{"containers":[{"$patch":"replace"},{"name":"z"}]}""", """{"containers":[{"name":"z"}]}""")]
    [InlineData("""{"$patch":"replace","x":1}""", """{"x":1}""")]
    [InlineData("""{"$retainKeys":["y"],"y":2}""", """{"y":2}""")]
    public void A_strategic_merge_patch_merges_lists_by_their_keys(string patch, string expected)
    {
        var o = Parse("""{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}""");
        StrategicMerge.Merge(o, Parse(patch));
        AssertSame(expected, o);
    }

    [Fact]
    public void A_strategic_merge_patch_takes_texts_out_of_plain_lists()
    {
        var o = Parse("""{"finalizers":["a","b"],"taints":[{"key":"x"}]}""");
        StrategicMerge.Merge(o, Parse("""{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"],"taints":[{"key":"y"}]}"""));
        AssertSame("""{"finalizers":["b","c"],"taints":[{"key":"y"}]}""", o);
    }

    [Theory]
    [InlineData("a=b", true)]
    [InlineData("a!=b", false)]
    [InlineData("a in (b, c),d", true)]
    [InlineData("a notin (b,c)", false)]
    [InlineData("!e,d", true)]
    [InlineData("e!=x", true)]
    public void A_label_selector_selects(string text, bool expected) =>
        Assert.Equal(expected, Selectors.Labels(text)(new Dictionary<string, string> { ["a"] = "b", ["d"] = "" }));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(125, "2m5s")]
    [InlineData(660, "11m")]
    [InlineData(3 * 3600 + 300, "3h5m")]
    [InlineData(26 * 3600, "26h")]
    [InlineData(3 * 86400 + 7200, "3d2h")]
    [InlineData(400 * 86400, "400d")]
    [InlineData(1000 * 86400, "2y270d")]
    public void Ages_look_like_kubectls(int seconds, string expected) => Assert.Equal(expected, Ages.Text(TimeSpan.FromSeconds(seconds)));

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();

    private static void AssertSame(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}
