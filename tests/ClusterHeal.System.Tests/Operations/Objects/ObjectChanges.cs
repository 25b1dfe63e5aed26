using System.Text;
using ClusterHeal.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>One kind of change: how it was before, what is done, and what a comparison says of it; null if it says nothing.</summary>
internal sealed record ObjectChange(Dictionary<string, byte[]> Before, RequestOp[] After, string? Expected);

/// <summary>Forty kinds of changes to the keys of a cluster, each to a key of its own.</summary>
internal static class ObjectChanges
{
    /// <summary>All of them, by what they are.</summary>
    public static IReadOnlyDictionary<string, ObjectChange> All { get; } = new Dictionary<string, ObjectChange>
    {
        ["a config map came"] = Came("configmaps/default/new", "configmaps/default/new"),
        ["a secret came"] = Came("secrets/default/new", "secrets/default/new"),
        ["an object without a namespace came"] = Came("clusterroles/new", "clusterroles/new"),
        ["a name with colons came"] = Came("clusterroles/system:new:x", "clusterroles/system:new:x"),
        ["a name that is no DNS name came"] = Came("roles/default/Ä b*?[\n]", "roles/default/Ä b*?[\n]"),
        ["a service came"] = Came("services/specs/default/new", "services/default/new"),
        ["endpoints came"] = Came("services/endpoints/default/new", "endpoints/default/new"),
        ["a node came"] = Came("minions/new", "nodes/new"),
        ["a custom resource came"] = Came("example.com/widgets/default/new", "widgets.example.com/default/new"),
        ["a custom resource without a namespace came"] = Came("example.com/gadgets/new", "gadgets.example.com/new"),
        ["a kind of which there was none came"] = Came("ingress/default/new", "ingresses/default/new"),
        ["the same name came in another namespace"] = new(Keys("configmaps/default/twin"), [Put("configmaps/other/twin", "1")], "Added configmaps/other/twin"),
        ["a namespace came"] = Came("namespaces/new", "namespaces/new"),
        ["a definition came"] = Came("apiextensions.k8s.io/customresourcedefinitions/new.example.com", "customresourcedefinitions.apiextensions.k8s.io/new.example.com"),
        ["an encrypted secret came"] = new([], [PutBytes("secrets/default/enc-new", Encrypted("a"))], "Added secrets/default/enc-new"),
        ["an object of 1.4 MB came"] = new([], [Put("configmaps/default/large", new string('x', 1_400_000))], "Added configmaps/default/large"),
        ["data changed"] = Changed("configmaps/default/data", "configmaps/default/data"),
        ["a spec changed"] = Changed("deployments/default/spec", "deployments/default/spec"),
        ["an object without a namespace changed"] = Changed("clusterroles/change", "clusterroles/change"),
        ["a service changed"] = Changed("services/specs/default/change", "services/default/change"),
        ["a custom resource changed"] = Changed("example.com/widgets/default/change", "widgets.example.com/default/change"),
        ["protobuf changed"] = new(
            new() { ["pods/default/proto"] = StoredObjects.Protobuf("proto", "a") }, [PutBytes("pods/default/proto", StoredObjects.Protobuf("proto", "b"))],
            "Changed pods/default/proto"),
        ["JSON became protobuf"] = new(Keys("pods/default/form"), [PutBytes("pods/default/form", StoredObjects.Protobuf("form"))], "Changed pods/default/form"),
        ["an object was written as it was"] = new(Keys("configmaps/default/touch"), [Put("configmaps/default/touch", "1")], "Changed configmaps/default/touch"),
        ["an object was changed and changed back"] = new(
            Keys("configmaps/default/back"), [Put("configmaps/default/back", "2"), Put("configmaps/default/back", "1")], "Changed configmaps/default/back"),
        ["an object was changed often"] = new(
            Keys("configmaps/default/often"), [.. Enumerable.Range(2, 50).Select(i => Put("configmaps/default/often", $"{i}"))], "Changed configmaps/default/often"),
        ["an object was deleted and made again"] = new(
            Keys("configmaps/default/again"), [Delete("configmaps/default/again"), Put("configmaps/default/again", "1")], "Changed configmaps/default/again"),
        ["an encrypted secret changed"] = new(
            new() { ["secrets/default/enc"] = Encrypted("a") }, [PutBytes("secrets/default/enc", Encrypted("b"))], "Changed secrets/default/enc"),
        ["a secret was encrypted"] = new(Keys("secrets/default/seal"), [PutBytes("secrets/default/seal", Encrypted("a"))], "Changed secrets/default/seal"),
        ["a value was damaged"] = new(Keys("configmaps/default/broken"), [PutBytes("configmaps/default/broken", [0x6b, 0x38])], "Changed configmaps/default/broken"),
        ["a config map was deleted"] = Deleted("configmaps/default/gone", "configmaps/default/gone"),
        ["an object without a namespace was deleted"] = Deleted("clusterroles/gone", "clusterroles/gone"),
        ["a custom resource was deleted"] = Deleted("example.com/widgets/default/gone", "widgets.example.com/default/gone"),
        ["the last of a kind was deleted"] = Deleted("cronjobs/default/last", "cronjobs/default/last"),
        ["an encrypted secret was deleted"] = new(new() { ["secrets/default/enc-gone"] = Encrypted("a") }, [Delete("secrets/default/enc-gone")], "Deleted secrets/default/enc-gone"),
        ["an object was changed and deleted"] = new(
            Keys("configmaps/default/twice"), [Put("configmaps/default/twice", "2"), Delete("configmaps/default/twice")], "Deleted configmaps/default/twice"),
        ["one of two alike was deleted"] = new(
            Keys("configmaps/default/ab", "configmaps/default/a"), [Delete("configmaps/default/a")], "Deleted configmaps/default/a"),
        ["an object came and went"] = new([], [Put("configmaps/default/brief", "1"), Delete("configmaps/default/brief")], null),
        ["an event, a lease and an endpoint slice came"] = new(
            [], [Put("events/default/e", "1"), Put("leases/kube-system/l", "1"), Put("endpointslices/default/s", "1")], null),
        ["what is no object changed"] = new(
            Keys("ranges/serviceips", "masterleases/10.0.0.1"), [Put("ranges/serviceips", "2"), Delete("masterleases/10.0.0.1"), Put("peerserverleases/x", "1")], null),
    };

    /// <summary>What is there before all changes and stays.</summary>
    public static Dictionary<string, byte[]> Constant { get; } = Keys(
        "namespaces/kube-system", "namespaces/default", "configmaps/default/same", "secrets/default/same", "clusterroles/same", "example.com/widgets/default/same");

    public static async Task BeforeAsync(EtcdClient client, CancellationToken cancellationToken)
    {
        foreach (var (key, value) in All.Values.SelectMany(change => change.Before).Concat(Constant))
            await client.PutAsync(PutBytes(key, value).RequestPut, cancellationToken);
    }

    public static async Task AfterAsync(EtcdClient client, CancellationToken cancellationToken)
    {
        foreach (var operation in All.Values.SelectMany(change => change.After))
            await client.TxnAsync(new TxnRequest { Success = { operation } }, cancellationToken);
    }

    private static ObjectChange Came(string key, string name) => new([], [Put(key, "1")], $"Added {name}");

    private static ObjectChange Changed(string key, string name) => new(Keys(key), [Put(key, "2")], $"Changed {name}");

    private static ObjectChange Deleted(string key, string name) => new(Keys(key), [Delete(key)], $"Deleted {name}");

    private static Dictionary<string, byte[]> Keys(params string[] keys) => keys.ToDictionary(key => key, key => StoredObjects.Json(key, "1"));

    private static byte[] Encrypted(string sealedBytes) => [.. "k8s:enc:aescbc:v1:key1:"u8, .. Encoding.UTF8.GetBytes(sealedBytes)];

    private static RequestOp Put(string key, string data) => PutBytes(key, StoredObjects.Json(key, data));

    private static RequestOp PutBytes(string key, byte[] value) =>
        new() { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8($"/registry/{key}"), Value = ByteString.CopyFrom(value) } };

    private static RequestOp Delete(string key) => new() { RequestDeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8($"/registry/{key}") } };
}
