using System.Text.Json.Nodes;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Etcd;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Objects as a real API server stores them, and what a real one says against them.</summary>
[Collection(RealCollection.Name)]
public sealed class RealWholeRestoreTests(RealPlane plane) : LiveRestoreTests(plane)
{
    private const string Core = "/api/v1/namespaces", Name = "whole";

    private static readonly string[] Kinds =
    [
        "serviceaccounts", "secrets", "configmaps", "roles", "rolebindings", "resourcequotas", "limitranges", "persistentvolumeclaims", "services", "deployments", "statefulsets",
        "daemonsets", "cronjobs", "jobs", "pods", "ingresses", "poddisruptionbudgets", "horizontalpodautoscalers", "networkpolicies", "widgets.example.com",
    ];

    [Fact]
    public async Task A_namespace_with_twenty_kinds_comes_back_as_kubectl_saw_it_and_nothing_else_changes()
    {
        await using var kubelets = await FakeKubelets.StartAsync(Plane, "whole-a", "whole-b");
        await ApplyAsync("definition.yaml", WholeNamespace.Definition);
        (await KubectlAsync("wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=60s")).Expect();
        await ApplyAsync("whole.yaml", WholeNamespace.Objects);
        await Api.PostAsync($"/apis/example.com/v1/namespaces/{Name}/widgets", $$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"large"},"spec":{"blob":"{{new string('x', 1_500_000)}}"} }""");
        await RunningAsync();
        var before = await SeenAsync();
        Assert.Equal(Kinds.Length, before.Select(item => (string)item["kind"]!).Distinct().Count());
        var snapshot = await SaveAsync();

        (await KubectlAsync("delete", "namespace", Name, "--timeout=120s")).Expect();
        (await KubectlAsync("delete", "crd/widgets.example.com", "pv/whole-gone", "--timeout=120s")).Expect();
        var emptied = await SaveAsync();
        EtcdSnapshotObject[] objects =
        [
            .. (await ObjectListing.OfAsync(snapshot, new ObjectFilter { Namespace = [Name] })).Where(o => o.Resource is not ("events" or "leases")),
            .. await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["Namespace"], Name = [Name] }),
            .. await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["CustomResourceDefinition"], Name = ["widgets.example.com"] }),
            .. await ObjectListing.OfAsync(snapshot, new ObjectFilter { Kind = ["PersistentVolume"], Name = ["whole-gone"] }),
        ];

        var trial = await ObjectRestores.RunAsync(Client, snapshot, objects, answer: false);
        Assert.Empty(trial.Faults);
        Assert.Empty(await SnapshotDifferences.OfAsync(emptied, await ComparedAsync(), Everything(Name)));
        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects);
        Assert.Empty(sink.Faults);
        Assert.Empty(sink.Warnings);
        var results = sink.Results();
        Assert.DoesNotContain(results, result => result.Outcome is ClusterObjectOutcome.Failed or ClusterObjectOutcome.NotTried);
        Assert.Contains(results, result => result is { Resource: "replicasets", Outcome: ClusterObjectOutcome.LeftOut });

        // The note says how to bind the volume that stayed.
        var note = results.Single(result => result is { Resource: "persistentvolumeclaims", Name: "kept" }).Notes.Single();
        Assert.Contains("kubectl patch pv whole-kept --type=json -p '", note, StringComparison.Ordinal);
        (await KubectlAsync("patch", "pv", "whole-kept", "--type=json", "-p", note.Split('\'')[1])).Expect();
        await RunningAsync();
        var after = await SeenAsync();
        Assert.Equal(before.Select(Place), after.Select(Place));
        foreach (var (was, now) in before.Zip(after)) Assert.True(JsonNode.DeepEquals(Bare(was), Bare(now)), $"{Bare(was)}\n{Bare(now)}");
        Assert.NotEqual("", (string?)after.Single(item => Place(item) == "Secret/token")["data"]!["token"] ?? "");

        // The API server keeps addresses and groups of its own for what was restored, and volumes are bound by their controller.
        string[] follow = ["ipaddresses", "apiservices.apiregistration.k8s.io", "persistentvolumes", "nodes"];
        var changed = await SnapshotDifferences.OfAsync(emptied, await ComparedAsync(), Everything("*"));
        Assert.DoesNotContain(changed, text =>
            !text.Contains($"/{Name}", StringComparison.Ordinal) && !text.Contains("/widgets.example.com", StringComparison.Ordinal) && !follow.Any(f => text.Contains($" {f}/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Definitions_of_each_shape_come_back_as_the_server_had_them()
    {
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        Dictionary<string, JsonNode> before = [];
        foreach (var (plural, spec) in WholeNamespace.DefinitionShapes)
        {
            var name = $"{plural}.shapes.example.com";
            await Api.PostAsync(Definitions, $$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{name}}"},"spec":{{spec}} }""");
            before[name] = await Api.GetAsync($"{Definitions}/{name}");
        }

        var snapshot = await SaveAsync();
        foreach (var name in before.Keys)
        {
            await Api.DeleteAsync($"{Definitions}/{name}");
            await LiveControlPlane.Eventually(async () => !await Api.ExistsAsync($"{Definitions}/{name}"), "the definition to go");
        }

        var objects = await ObjectListing.OfAsync(snapshot, new ObjectFilter { Name = ["*.shapes.example.com"], Kind = ["CustomResourceDefinition"] });
        Assert.Equal(before.Count, objects.Length);
        Assert.All(objects, found => Assert.Equal("apiextensions.k8s.io/v1beta1", found.ApiVersion));
        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects);
        Assert.Empty(sink.Faults);
        Assert.All(sink.Results(), result => Assert.Equal(ClusterObjectOutcome.Created, result.Outcome));
        foreach (var (name, was) in before)
        {
            var now = await Api.GetAsync($"{Definitions}/{name}");
            Assert.True(JsonNode.DeepEquals(was["spec"], now["spec"]), $"{was["spec"]}\n{now["spec"]}");
            await Api.DeleteAsync($"{Definitions}/{name}");
        }
    }

    [Fact]
    public async Task A_name_with_every_character_that_Kubernetes_allows_comes_back_and_is_found_again()
    {
        // Names of roles are a segment of a path: all but '/' and '%'. (Kubernetes: apimachinery/pkg/api/validation/path)
        const string Ns = "named", Roles = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{Ns}/roles", Odd = "a b*?[]{}|\\^`\"'<>#&=+,;:@!$~()_-.\u00dc\u20ac\U0001f600";
        await Api.PostAsync(Core, Namespace(Ns));
        var role = new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1", ["kind"] = "Role", ["metadata"] = new JsonObject { ["name"] = Odd, ["namespace"] = Ns }, ["rules"] = new JsonArray(),
        };
        var snapshot = await MadeSnapshot.OfAsync(Folder, Stored($"roles/{Ns}/{Odd}", role.ToJsonString()));
        var objects = await ObjectListing.OfAsync(snapshot);
        Assert.Equal([$"roles/{Ns}/{Odd}: Created"], (await ObjectRestores.RunAsync(Client, snapshot, objects)).Outcomes());
        Assert.Equal(Odd, (string?)Assert.Single(await Api.ItemsAsync(Roles))!["metadata"]!["name"]);
        Assert.Equal([$"roles/{Ns}/{Odd}: Exists"], (await ObjectRestores.RunAsync(Client, snapshot, objects)).Outcomes());
        Assert.Equal([$"roles/{Ns}/{Odd}: Unchanged"], (await ObjectRestores.RunAsync(Client, snapshot, objects, r => r with { Replace = true })).Outcomes());
    }

    [Fact]
    public async Task What_the_server_refuses_is_said_in_its_own_words_and_none_stops_the_others()
    {
        const string Ns = "refused";
        await Api.PostAsync(Core, Namespace(Ns));
        await Api.PostAsync(Core, Namespace("hooked"));
        await Api.PostAsync($"{Core}/{Ns}/resourcequotas", """{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"hard":{"count/configmaps":"0"} } }""");
        await Api.PostAsync($"{Core}/{Ns}/secrets", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"fixed"},"immutable":true,"data":{"p":"bmV3"} }""");
        await Api.PostAsync("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"hook"},"webhooks":[{"name":"hook.example.com","sideEffects":"None",
             "admissionReviewVersions":["v1"],"clientConfig":{"url":"https://127.0.0.1:1/x"},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"hooked"}},
             "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}]}
            """);
        await Api.PostAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"quoting"},"spec":{
             "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["secrets"]}]},
             "matchConditions":[{"name":"here","expression":"request.namespace == 'refused' && object.metadata.name != 'fixed'"}],
             "validations":[{"expression":"object.metadata.name == 'fine'","messageExpression":"'not with ' + string(object.data['p'])"}]}}
            """);
        await Api.PostAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"quoting"},"spec":{"policyName":"quoting","validationActions":["Deny"]}}
            """);
        var canary = Convert.ToBase64String("quoted-canary"u8);
        var snapshot = await MadeSnapshot.OfAsync(
            Folder,
            Stored($"configmaps/{Ns}/quota", Thing("ConfigMap", Ns, "quota")), Stored("configmaps/hooked/hooked", Thing("ConfigMap", "hooked", "hooked")),
            Stored($"secrets/{Ns}/quoted", Thing("Secret", Ns, "quoted", $$""","data":{"p":"{{canary}}"}""")), Stored($"secrets/{Ns}/fine", Thing("Secret", Ns, "fine")),
            Stored($"secrets/{Ns}/fixed", Thing("Secret", Ns, "fixed", ""","immutable":true,"data":{"p":"b2xk"}""")),
            Stored($"horizontalpodautoscalers/{Ns}/old", Thing("HorizontalPodAutoscaler", Ns, "old").Replace("\"v1\"", "\"autoscaling/v2beta1\"", StringComparison.Ordinal)),
            Stored($"secrets/{Ns}/base64", Thing("Secret", Ns, "base64", ""","data":{"p":"%%%"}""")), Stored($"pods/{Ns}/invalid", Thing("Pod", Ns, "invalid")));
        var objects = await ObjectListing.OfAsync(snapshot);
        await LiveControlPlane.Eventually(async () => (await Api.GetAsync($"{Core}/{Ns}/resourcequotas/q"))["status"]?["hard"] is not null, "the quota to count");
        await LiveControlPlane.Eventually(
            async () => (await ObjectRestores.RunAsync(Client, snapshot, objects, answer: false)).Results() is var tried
                && Problem(tried, "quoted").Length > 0 && Problem(tried, "hooked").Length > 0,
            "the policy and the webhook to be known");

        var sink = await ObjectRestores.RunAsync(Client, snapshot, objects, r => r with { Replace = true });
        var results = sink.Results();
        Assert.Equal(ClusterObjectOutcome.Created, results.Single(r => r.Name == "fine").Outcome);
        Assert.Equal(7, results.Count(r => r.Outcome == ClusterObjectOutcome.Failed));
        Assert.Equal(7, sink.Faults.Count);
        Assert.Contains("exceeded quota: q", Problem(results, "quota"), StringComparison.Ordinal);
        Assert.Contains("hook.example.com", Problem(results, "hooked"), StringComparison.Ordinal);
        Assert.Contains("field is immutable", Problem(results, "fixed"), StringComparison.Ordinal);
        Assert.Contains("stored as autoscaling/v2beta1, which the API server does not serve any more", Problem(results, "old"), StringComparison.Ordinal);
        Assert.Contains("base64", Problem(results, "base64"), StringComparison.Ordinal);
        Assert.Contains("spec.containers", Problem(results, "invalid"), StringComparison.Ordinal);
        Assert.Contains("repeats a part of the object", Problem(results, "quoted"), StringComparison.Ordinal);
        foreach (var plain in new[] { canary, "quoted-canary" }) Assert.DoesNotContain(plain, RealEncryptionTests.Said(sink), StringComparison.Ordinal);

        // Somebody without any right.
        using var nobody = await Plane.ConnectAsync(Plane.Plane.WriteKubeconfig("nobody", null));
        var forbidden = await ObjectRestores.RunAsync(nobody, snapshot, [.. objects.Where(o => o.Name == "fine")], r => r with { ToNamespace = "hooked" });
        Assert.Contains("cannot create resource \"secrets\"", Problem(forbidden.Results(), "fine"), StringComparison.Ordinal);
        await Api.DeleteAsync("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hook");
        await Api.DeleteAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/quoting");
        await Api.DeleteAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/quoting");
    }

    private static string Problem(IEnumerable<ClusterObjectRestore> results, string name) => results.Single(result => result.Name == name).Problem ?? "";

    private static SnapshotComparison Everything(string nameSpace) => new() { Filter = nameSpace == "*" ? new ObjectFilter() : new ObjectFilter { Namespace = [nameSpace] } };

    private async Task<ComparedEtcd> ComparedAsync() => new(await TestConnection.ToAsync(Plane.Plane.Etcd, Stop));

    private static string Namespace(string name) => $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{name}}"} }""";

    private static string Thing(string kind, string nameSpace, string name, string more = "") =>
        $$"""{"apiVersion":"v1","kind":"{{kind}}","metadata":{"name":"{{name}}","namespace":"{{nameSpace}}"}{{more}} }""";

    private async Task RunningAsync()
    {
        await Ready("deployments/web", "readyReplicas", 2);
        await Ready("statefulsets/db", "readyReplicas", 1);
        await Ready("daemonsets/agent", "numberReady", 2);
        foreach (var claim in new[] { "kept", "gone" })
        {
            await LiveControlPlane.Eventually(
                async () => (string?)(await Api.GetAsync($"{Core}/{Name}/persistentvolumeclaims/{claim}"))["status"]?["phase"] == "Bound", $"the claim {claim} to be bound");
        }

        await LiveControlPlane.Eventually(async () => (await Api.GetAsync($"{Core}/{Name}/secrets/token"))["data"]?["token"] is not null, "the token");
        await LiveControlPlane.Eventually(async () => await Api.ExistsAsync($"{Core}/{Name}/serviceaccounts/default"), "the default account");

        Task Ready(string workload, string field, int count) => LiveControlPlane.Eventually(
            async () => (int?)(await Api.GetAsync($"/apis/apps/v1/namespaces/{Name}/{workload}"))["status"]?[field] == count, workload);
    }

    /// <summary>What kubectl sees in the namespace and nobody makes by himself.</summary>
    private async Task<JsonObject[]> SeenAsync()
    {
        var printed = await KubectlAsync("get", string.Join(',', Kinds), "-n", Name, "-o", "json");
        return
        [
            .. JsonNode.Parse(printed.Expect().Output)!["items"]!.AsArray().Select(item => item!.AsObject())
                .Where(item => item["metadata"]!["ownerReferences"] is null && Place(item) is not "ConfigMap/kube-root-ca.crt").OrderBy(Place, StringComparer.Ordinal),
        ];
    }

    private static string Place(JsonObject item) => $"{item["kind"]}/{item["metadata"]!["name"]}";

    /// <summary>Without what only the server or a controller sets.</summary>
    private static JsonObject Bare(JsonObject item)
    {
        var bare = item.DeepClone().AsObject();
        bare.Remove("status");
        var metadata = bare["metadata"]!.AsObject();
        foreach (var name in new[] { "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields" }) metadata.Remove(name);
        switch (Place(item))
        {
            case "Secret/token":
                bare.Remove("data");
                metadata["annotations"]!.AsObject().Remove("kubernetes.io/service-account.uid");
                break;
            case "Pod/alone":
                bare["spec"]!.AsObject().Remove("nodeName");
                break;
            case var place when place.StartsWith("Job/", StringComparison.Ordinal):
                bare["spec"]!.AsObject().Remove("selector");
                foreach (var label in new[] { "controller-uid", "batch.kubernetes.io/controller-uid" }) bare["spec"]!["template"]!["metadata"]!["labels"]!.AsObject().Remove(label);
                break;
            case var place when place.StartsWith("PersistentVolumeClaim/", StringComparison.Ordinal):
                foreach (var name in new[] { "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller" }) metadata["annotations"]?.AsObject().Remove(name);
                break;
        }

        return bare;
    }

    private async Task ApplyAsync(string name, string yaml)
    {
        var path = Folder.File(name);
        await File.WriteAllTextAsync(path, yaml, Stop);
        (await KubectlAsync("apply", "-f", path)).Expect();
    }

    private Task<ClusterHeal.Practice.Processes.ToolResult> KubectlAsync(params string[] arguments) => Plane.KubectlAsync(Stop, arguments);
}
