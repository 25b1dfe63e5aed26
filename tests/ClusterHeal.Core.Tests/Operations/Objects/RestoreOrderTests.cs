using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>In which order objects come back, and what a message must not repeat.</summary>
public sealed class RestoreOrderTests
{
    [Fact]
    public void What_others_need_comes_first_and_an_owner_before_what_it_owns()
    {
        RestoredObject[] objects =
        [
            Of("validatingwebhookconfigurations", "hook"), Of("resourcequotas", "quota"), Of("widgets.example.com", "owner", "u-owner"), Of("pods", "pod"), Of("services", "service"),
            Of("deployments", "owned", "u-owned", "u-owner"), Of("rolebindings", "binding"), Of("roles", "role"), Of("persistentvolumeclaims", "claim"), Of("persistentvolumes", "volume"),
            Of("secrets", "secret"), Of("serviceaccounts", "account"), Of("customresourcedefinitions.apiextensions.k8s.io", "definition"), Of("namespaces", "space"),
            Of("widgets.example.com", "free"),
        ];
        Assert.Equal(
            [
                "space", "definition", "account", "secret", "role", "binding", "volume", "claim", "service", "owner", "owned", "pod", "free", "quota", "hook",
            ],
            RestoreOrder.Sort(objects).Select(o => o.Name));
    }

    [Fact]
    public void Owners_in_a_circle_do_not_hang()
    {
        RestoredObject[] objects = [Of("configmaps", "a", "u-a", "u-b"), Of("configmaps", "b", "u-b", "u-a"), Of("configmaps", "self", "u-s", "u-s")];
        Assert.Equal(["a", "b", "self"], RestoreOrder.Sort(objects).Select(o => o.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("denied: the password hunter2-canary is too short", true)]
    [InlineData("denied: aHVudGVyMi1jYW5hcnk= is too short", true)]
    [InlineData("denied: unter2-can", true)]
    [InlineData("denied: no Secret may be made on a Friday", false)]
    public void An_answer_that_repeats_a_Secret_is_not_shown(string answer, bool isHidden)
    {
        var value = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"p":"aHVudGVyMi1jYW5hcnk="},"type":"Opaque"}"""u8.ToArray();
        Assert.Equal(isHidden, Confidential.Guard(answer, value, isSecret: true) != answer);
    }

    [Fact]
    public void JSON_is_rewritten_as_protobuf_is()
    {
        var stored = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"a","uid":"u","resourceVersion":"1","generation":3,"creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[],
             "annotations":{"x":"1","y":"2"},"finalizers":["orphan","keep"],
             "ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"old","blockOwnerDeletion":true},{"apiVersion":"v1","kind":"Pod","name":"q","uid":"gone"}]},
             "spec":{"clusterIP":"1.2.3.4","ports":[{"port":80,"nodePort":30000},{"port":81,"nodePort":30001}]}}
            """u8.ToArray();
        var rewrite = new MetadataRewrite
        {
            Namespace = "b", ResourceVersion = "7", Owners = new Dictionary<string, string> { ["old"] = "new" }, WithoutAnnotations = ["x"], WithoutFinalizers = ["orphan"],
            WithoutFields = [StoredField.NodePort, StoredField.ClusterIP],
        };
        Assert.Equal(
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"b","annotations":{"y":"2"},"finalizers":["keep"],"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"new","blockOwnerDeletion":true}],"resourceVersion":"7"},"spec":{"ports":[{"port":80},{"port":81}]}}""",
            System.Text.Encoding.UTF8.GetString(rewrite.Apply(stored)));
    }

    private static RestoredObject Of(string resource, string name, string uid = "", string owner = "") => new()
    {
        Source = new EtcdSnapshotObject { Path = "", Key = "", Resource = resource, Namespace = "", Name = name, Revision = 1 },
        Namespace = "", Name = name,
        Metadata = new StorageMetadata { Uid = uid, Owners = owner.Length > 0 ? [new EtcdSnapshotOwner("v1", "X", "x", owner, true)] : [] },
    };
}
