using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>Lists the pods behind each Service, in its Endpoints and its EndpointSlice.</summary>
internal sealed class EndpointController : IController
{
    public const string ServiceLabel = "kubernetes.io/service-name";

    public async Task ReconcileAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        foreach (var service in cluster.All(ResourceKinds.Services))
        {
            var selector = service.Map("spec", "selector");
            if (selector.Count == 0 || service.Deleting()) continue;
            var pods = cluster.State.In(ResourceKinds.Pods, service.Namespace())
                .Where(pod => Selectors.Covers(selector, pod.Labels())
                    && pod.Text("status", "podIP") is { Length: > 0 } && !pod.IsDone())
                .OrderBy(pod => pod.Name(), StringComparer.Ordinal).ToArray();
            await WriteEndpointsAsync(cluster, service, pods, cancellationToken);
            await WriteSliceAsync(cluster, service, pods, cancellationToken);
        }
    }

    private static Task<JsonObject?> WriteEndpointsAsync(Cluster cluster, JsonObject service, JsonObject[] pods,
        CancellationToken cancellationToken)
    {
        var subset = new JsonObject();
        foreach (var (field, members) in new[] { ("addresses", pods.Where(Serves)),
            ("notReadyAddresses", pods.Where(pod => !Serves(pod) && !pod.Deleting())) })
        {
            var addresses = new JsonArray([.. members.Select(pod => new JsonObject
            {
                ["ip"] = pod.Text("status", "podIP"), ["nodeName"] = pod.Text("spec", "nodeName"), ["targetRef"] = Reference(pod),
            })]);
            if (addresses.Count > 0) subset[field] = addresses;
        }
        if (subset.Count > 0) subset["ports"] = Ports(service);

        var wanted = subset.Count == 0 ? null : new JsonArray(subset);
        if (cluster.State.Find(ResourceKinds.Endpoints, service.Namespace(), service.Name()) is { } known)
        {
            return cluster.ChangeAsync(ResourceKinds.Endpoints, known, null, o => Put(o, "subsets", wanted), cancellationToken);
        }
        var endpoints = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = service.Name(), ["namespace"] = service.Namespace(), ["labels"] = service.At("metadata", "labels")?.DeepClone(),
            },
        };
        Put(endpoints, "subsets", wanted);
        return cluster.CreateAsync(ResourceKinds.Endpoints, endpoints, cancellationToken);
    }

    private static Task<JsonObject?> WriteSliceAsync(Cluster cluster, JsonObject service, JsonObject[] pods,
        CancellationToken cancellationToken)
    {
        var members = new JsonArray([.. pods.Select(pod => new JsonObject
        {
            ["addresses"] = new JsonArray(pod.Text("status", "podIP")),
            ["conditions"] = new JsonObject { ["ready"] = Serves(pod), ["serving"] = pod.IsReady(), ["terminating"] = pod.Deleting() },
            ["targetRef"] = Reference(pod), ["nodeName"] = pod.Text("spec", "nodeName"),
        })]);
        var known = Array.Find(cluster.All(ResourceKinds.EndpointSlices), slice =>
            slice.Namespace() == service.Namespace() && slice.Labels().GetValueOrDefault(ServiceLabel) == service.Name());
        if (known is not null)
        {
            return cluster.ChangeAsync(
                ResourceKinds.EndpointSlices, known, null,
                o =>
                {
                    o["endpoints"] = members;
                    o["ports"] = Ports(service);
                },
                cancellationToken);
        }
        return cluster.CreateAsync(
            ResourceKinds.EndpointSlices,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["generateName"] = service.Name() + "-", ["namespace"] = service.Namespace(),
                    ["labels"] = new JsonObject
                    {
                        ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io", [ServiceLabel] = service.Name(),
                    },
                    ["ownerReferences"] = new JsonArray(service.ControllerReference()),
                },
                ["addressType"] = "IPv4", ["endpoints"] = members, ["ports"] = Ports(service),
            },
            cancellationToken);
    }

    private static bool Serves(JsonObject pod) => pod.IsReady() && !pod.Deleting();

    private static JsonObject Reference(JsonObject pod) =>
        new() { ["kind"] = "Pod", ["namespace"] = pod.Namespace(), ["name"] = pod.Name(), ["uid"] = pod.Uid() };

    private static JsonArray Ports(JsonObject service) => new([.. service.Items("spec", "ports").Select(port => new JsonObject
    {
        ["name"] = port.Text("name") ?? "", ["port"] = port.Number("targetPort") ?? port.Number("port"),
            ["protocol"] = port.Text("protocol"),
    })]);

    private static void Put(JsonObject o, string field, JsonNode? value)
    {
        if (value is null) o.Remove(field);
        else o[field] = value;
    }
}
