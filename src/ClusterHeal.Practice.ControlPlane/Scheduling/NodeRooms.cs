using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Controllers;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Scheduling;

/// <summary>What is left on each node.</summary>
internal sealed class NodeRooms
{
    private readonly JsonObject[] _nodes;
    private readonly Dictionary<string, List<JsonObject>> _pods;

    public NodeRooms(JsonObject[] nodes, JsonObject[] pods)
    {
        _nodes = nodes;
        _pods = nodes.ToDictionary(node => node.Name(), _ => new List<JsonObject>());
        foreach (var pod in pods.Where(pod => !pod.IsDone())) Take(pod);
    }

    /// <summary>Counts a pod on its node.</summary>
    public void Take(JsonObject pod)
    {
        if (_pods.TryGetValue(pod.Text("spec", "nodeName") ?? "", out var there)) there.Add(pod);
    }

    /// <summary>The best node for a pod: the fewest of its own kind on it, then the fewest pods.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="whyNot">What the scheduler says if there is none.</param>
    public string? Choose(JsonObject pod, out string whyNot)
    {
        var refusals = new List<string>();
        var fitting = new List<string>();
        foreach (var node in _nodes)
        {
            if (WhyNot(pod, node) is { } refusal) refusals.Add(refusal);
            else fitting.Add(node.Name());
        }

        whyNot = "";
        if (fitting.Count > 0)
        {
            var owner = pod.Controller().Text("uid");
            return fitting
                .OrderBy(name => owner is null ? 0 : _pods[name].Count(each => each.Controller().Text("uid") == owner))
                .ThenBy(name => _pods[name].Count).First();
        }
        if (_nodes.Length == 0)
        {
            whyNot = "no nodes available to schedule pods";
            return null;
        }
        var reasons = refusals.GroupBy(text => text).Select(group => $"{group.Count()} {group.Key}").Order(StringComparer.Ordinal);
        var all = _nodes.Length;
        whyNot = $"0/{all} nodes are available: {string.Join(", ", reasons)}. preemption: 0/{all} nodes are available: "
            + $"{all} Preemption is not helpful for scheduling.";
        return null;
    }

    private string? WhyNot(JsonObject pod, JsonObject node)
    {
        var untolerated = NodeFit.Taints(node).FirstOrDefault(taint =>
            taint.Text("effect") is "NoSchedule" or "NoExecute" && !NodeFit.Tolerates(pod, taint));
        var unschedulable = new JsonObject { ["key"] = "node.kubernetes.io/unschedulable", ["effect"] = "NoSchedule" };
        if (node.Flag("spec", "unschedulable") && !NodeFit.Tolerates(pod, unschedulable)) return "node(s) were unschedulable";
        if (untolerated is not null)
        {
            return $"node(s) had untolerated taint {{{untolerated.Text("key")}: {untolerated.Text("value") ?? ""}}}";
        }
        if (!NodeFit.SelectorMatches(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
        var there = _pods[node.Name()];
        var allocatable = node.At("status", "allocatable");
        if (there.Count + 1 > (Quantity(allocatable, "pods") ?? int.MaxValue)) return "Too many pods";
        foreach (var resource in (string[])["cpu", "memory"])
        {
            var used = there.Append(pod).Sum(each => Requested(each, resource));
            if (Requested(pod, resource) > 0 && used > (Quantity(allocatable, resource) ?? decimal.MaxValue))
            {
                return $"Insufficient {resource}";
            }
        }
        return null;
    }

    private static decimal Requested(JsonObject pod, string resource) =>
        pod.Items("spec", "containers").Sum(container => Quantity(container.At("resources", "requests"), resource) ?? 0);

    /// <summary>A quantity such as <c>500m</c>, <c>2Gi</c> or <c>4</c>.</summary>
    private static decimal? Quantity(JsonNode? amounts, string resource)
    {
        if (amounts.At(resource)?.ToString() is not { Length: > 0 } text) return null;
        var digits = text.TrimEnd([.. "mkKMGTPiE"]);
        if (!decimal.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out var number)) return null;
        return number * text[digits.Length..] switch
        {
            "m" => 0.001m,
            "k" => 1_000m,
            "M" => 1_000_000m,
            "G" => 1_000_000_000m,
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            "Ti" => 1L << 40,
            _ => 1,
        };
    }
}
