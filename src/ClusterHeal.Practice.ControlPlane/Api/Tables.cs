using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Objects as the rows that <c>kubectl get</c> prints.</summary>
internal static class Tables
{
    /// <summary>A column: its name, what its cells hold, and whether only <c>-o wide</c> shows it.</summary>
    private sealed record Column(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, bool Wide = false, string Type = "string");

    private static readonly Column Name = new("Name", (o, _) => o.Name());
    private static readonly Column Age = new("Age", (o, now) => Ages.Since(o.Time("metadata", "creationTimestamp"), now));
    private static readonly Column[] Images =
    [
        new("Containers", (o, _) => Join(Template(o).Items("containers").Select(each => each.Text("name"))), Wide: true),
        new("Images", (o, _) => Join(Template(o).Items("containers").Select(each => each.Text("image"))), Wide: true),
    ];
    private static readonly Column Selector = new("Selector", (o, _) => SelectorText(o.At("spec", "selector")), Wide: true);

    private static readonly Dictionary<string, Column[]> ByKind = new(StringComparer.Ordinal)
    {
        ["Pod"] =
        [
            Name, new("Ready", (o, _) => PodSummary.Ready(o)), new("Status", (o, _) => PodSummary.Status(o)),
            new("Restarts", (o, _) => PodSummary.Restarts(o)), Age,
            new("IP", (o, _) => o.Text("status", "podIP") ?? None, Wide: true),
            new("Node", (o, _) => o.Text("spec", "nodeName") ?? None, Wide: true),
            new("Nominated Node", (o, _) => o.Text("status", "nominatedNodeName") ?? None, Wide: true),
            new("Readiness Gates", (_, _) => None, Wide: true),
        ],
        ["Node"] =
        [
            Name, new("Status", (o, _) => NodeStatus(o)), new("Roles", (o, _) => Roles(o)), Age,
            new("Version", (o, _) => o.Text("status", "nodeInfo", "kubeletVersion")),
            new("Internal-IP", (o, _) => Address(o, "InternalIP"), Wide: true),
            new("External-IP", (o, _) => Address(o, "ExternalIP"), Wide: true),
            new("OS-Image", (o, _) => o.Text("status", "nodeInfo", "osImage"), Wide: true),
            new("Kernel-Version", (o, _) => o.Text("status", "nodeInfo", "kernelVersion"), Wide: true),
            new("Container-Runtime", (o, _) => o.Text("status", "nodeInfo", "containerRuntimeVersion"), Wide: true),
        ],
        ["Deployment"] =
        [
            Name, new("Ready", (o, _) => $"{Count(o, "readyReplicas")}/{o.Number("spec", "replicas") ?? 0}"),
            Number("Up-to-date", "status", "updatedReplicas"), Number("Available", "status", "availableReplicas"), Age, .. Images, Selector,
        ],
        ["ReplicaSet"] =
        [
            Name, Number("Desired", "spec", "replicas"), Number("Current", "status", "replicas"),
                Number("Ready", "status", "readyReplicas"),
            Age, .. Images, Selector,
        ],
        ["StatefulSet"] = [Name, new("Ready", (o, _) => $"{Count(o, "readyReplicas")}/{o.Number("spec", "replicas") ?? 0}"), Age,
            .. Images],
        ["DaemonSet"] =
        [
            Name, Number("Desired", "status", "desiredNumberScheduled"), Number("Current", "status", "currentNumberScheduled"),
            Number("Ready", "status", "numberReady"), Number("Up-to-date", "status", "updatedNumberScheduled"),
            Number("Available", "status", "numberAvailable"), new("Node Selector", (o, _) => MapText(Template(o).Map("nodeSelector"))),
            Age, .. Images, Selector,
        ],
        ["Job"] =
        [
            Name, new("Status", (o, _) => o.ConditionTrue("Complete") ? "Complete" : o.ConditionTrue("Failed") ? "Failed" : "Running"),
            new("Completions", (o, _) => $"{Count(o, "succeeded")}/{o.Number("spec", "completions") ?? 1}"),
            new("Duration", (o, now) => Ages.Since(o.Time("status", "startTime"), o.Time("status", "completionTime") ?? now, "")),
            Age, .. Images, Selector,
        ],
        ["Service"] =
        [
            Name, new("Type", (o, _) => o.Text("spec", "type")), new("Cluster-IP", (o, _) => o.Text("spec", "clusterIP") ?? None),
            new("External-IP", (o, _) => o.Text("spec", "externalName") ?? (o.Text("spec", "type") == "LoadBalancer" ? "<pending>" : None)),
            new("Port(s)", (o, _) => Ports(o)), Age, new("Selector", (o, _) => MapText(o.Map("spec", "selector")), Wide: true),
        ],
        ["Endpoints"] = [Name, new("Endpoints", (o, _) => EndpointText(o)), Age],
        ["EndpointSlice"] =
        [
            Name, new("AddressType", (o, _) => o.Text("addressType")),
            new("Ports", (o, _) => Limited(o.Items("ports").Select(port => $"{port.Number("port")}"), "<unset>")),
            new("Endpoints", (o, _) => Limited(o.Items("endpoints").SelectMany(each => each.Texts("addresses")), "<unset>")), Age,
        ],
        ["Namespace"] = [Name, new("Status", (o, _) => o.Text("status", "phase")), Age],
        ["ConfigMap"] = [Name, new("Data", (o, _) => o.Map("data").Count + o.Map("binaryData").Count, Type: "integer"), Age],
        ["Secret"] = [Name, new("Type", (o, _) => o.Text("type")), new("Data", (o, _) => o.Map("data").Count, Type: "integer"), Age],
        ["ServiceAccount"] = [Name, new("Secrets", (o, _) => o.Items("secrets").Count(), Type: "integer"), Age],
        ["PodDisruptionBudget"] =
        [
            Name, new("Min Available", (o, _) => o.At("spec", "minAvailable")?.ToString() ?? "N/A"),
            new("Max Unavailable", (o, _) => o.At("spec", "maxUnavailable")?.ToString() ?? "N/A"),
            Number("Allowed Disruptions", "status", "disruptionsAllowed"), Age,
        ],
        ["Lease"] = [Name, new("Holder", (o, _) => o.Text("spec", "holderIdentity") ?? ""), Age],
        ["Event"] =
        [
            new("Last Seen", (o, now) => Ages.Since(o.Time("lastTimestamp") ?? o.Time("eventTime"), now)),
            new("Type", (o, _) => o.Text("type")), new("Reason", (o, _) => o.Text("reason")),
            new("Object", (o, _) => $"{o.Text("involvedObject", "kind")?.ToLowerInvariant()}/{o.Text("involvedObject", "name")}"),
            new("Subobject", (o, _) => o.Text("involvedObject", "fieldPath") ?? "", Wide: true),
            new("Source", (o, _) => o.Text("source", "component") ?? "", Wide: true), new("Message", (o, _) => o.Text("message")?.Trim()),
            new("First Seen", (o, now) => Ages.Since(o.Time("firstTimestamp") ?? o.Time("eventTime"), now), Wide: true),
            new("Count", (o, _) => o.Number("count") ?? 1, Wide: true, Type: "integer"), new("Name", (o, _) => o.Name(), Wide: true),
        ],
        ["ControllerRevision"] =
        [
            Name, new("Controller", (o, _) =>
                o.Controller() is { } c ? $"{c.Text("kind")?.ToLowerInvariant()}.apps/{c.Text("name")}" : None),
            new("Revision", (o, _) => o.Number("revision"), Type: "integer"), Age,
        ],
    };

    private const string None = "<none>";

    /// <summary>True if the client asks for a table first.</summary>
    public static bool Wanted(HttpRequest request) =>
        request.Headers.Accept.ToString().Split(',')[0].Contains("as=Table", StringComparison.Ordinal);

    public static JsonObject Of(ResourceKind kind, IEnumerable<JsonObject> objects, JsonObject meta, DateTimeOffset now)
    {
        var columns = ByKind.GetValueOrDefault(kind.Kind) ?? [Name, Age];
        return new JsonObject
        {
            ["kind"] = "Table", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = meta,
            ["columnDefinitions"] = new JsonArray([.. columns.Select(column => Definition(column))]),
            ["rows"] = new JsonArray([.. objects.Select(o => Row(columns, o, now))]),
        };
    }

    private static JsonObject Definition(Column column) => new()
    {
        ["name"] = column.Name, ["type"] = column.Type, ["format"] = column.Name == "Name" && !column.Wide ? "name" : "",
        ["description"] = "", ["priority"] = column.Wide ? 1 : 0,
    };

    private static JsonObject Row(Column[] columns, JsonObject o, DateTimeOffset now) => new()
    {
        ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(o, now))]),
        ["object"] = new JsonObject
        {
            ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = o["metadata"]?.DeepClone(),
        },
    };

    private static Column Number(string name, string part, string field) =>
        new(name, (o, _) => o.Number(part, field) ?? 0, Type: "integer");

    private static long Count(JsonObject o, string field) => o.Number("status", field) ?? 0;

    private static JsonNode? Template(JsonObject o) => o.At("spec", "template", "spec");

    private static string Join(IEnumerable<string?> texts) => string.Join(',', texts);

    private static string MapText(IReadOnlyDictionary<string, string> map) =>
        map.Count == 0 ? None
            : string.Join(',', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    private static string SelectorText(JsonNode? selector)
    {
        var terms = selector.Map("matchLabels").OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}={pair.Value}");
        var more = selector.Items("matchExpressions").Select(each => each.Text("operator") switch
        {
            "In" => $"{each.Text("key")} in ({Join(each.Texts("values"))})",
            "NotIn" => $"{each.Text("key")} notin ({Join(each.Texts("values"))})",
            "Exists" => each.Text("key"),
            _ => "!" + each.Text("key"),
        });
        var text = Join(terms.Concat(more));
        return text.Length == 0 ? None : text;
    }

    private static string NodeStatus(JsonObject node)
    {
        var ready = node.Condition("Ready").Text("status") switch
        {
            "True" => "Ready",
            null => "Unknown",
            _ => "NotReady",
        };
        return node.Flag("spec", "unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static string Roles(JsonObject node)
    {
        const string Role = "node-role.kubernetes.io/";
        var roles = node.Labels().Keys.Where(label => label.StartsWith(Role, StringComparison.Ordinal))
            .Select(label => label[Role.Length..]);
        var text = Join(roles.Order(StringComparer.Ordinal));
        return text.Length == 0 ? None : text;
    }

    private static string Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(each => each.Text("type") == type).Text("address") ?? None;

    private static string Ports(JsonObject service)
    {
        var ports = service.Items("spec", "ports").Select(port => port.Number("nodePort") is { } nodePort
            ? $"{port.Number("port")}:{nodePort}/{port.Text("protocol")}"
            : $"{port.Number("port")}/{port.Text("protocol")}");
        var text = Join(ports);
        return text.Length == 0 ? None : text;
    }

    private static string EndpointText(JsonObject endpoints) => Limited(
        endpoints.Items("subsets").SelectMany(subset => subset.Items("addresses").SelectMany(address =>
            subset.Items("ports").Select(port => $"{address.Text("ip")}:{port.Number("port")}"))),
        None);

    private static string Limited(IEnumerable<string> texts, string nothing)
    {
        const int Most = 3;
        var all = texts.ToArray();
        if (all.Length == 0) return nothing;
        return Join(all.Take(Most)) + (all.Length > Most ? $" + {all.Length - Most} more..." : "");
    }
}
