using System.Globalization;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>
/// Registers the node, reports its status, and renews its lease. Annotations of the node make it behave:
/// <c>practice.clusterheal/trouble</c> (a condition that it reports: <c>DiskPressure</c>, or <c>NotReady</c>), <c>clock-ahead</c> (by how
/// many seconds its clock is ahead of others), <c>kubelet-version</c>, and <c>runtime</c> (the container runtime that it names).
/// </summary>
internal sealed class NodeReport(KubeletOptions options, ContainerRuntime runtime)
{
    private const string Prefix = "practice.clusterheal/";

    /// <summary>A lease is renewed four times in its duration.</summary>
    private const double RenewShare = 0.25;

    /// <summary>The pause after a failure.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    private static readonly (string Type, string Reason, string Message)[] Pressures =
    [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ];

    private readonly string _bootId = Guid.NewGuid().ToString();
    private bool? _reportedUnschedulable;
    private TimeSpan _clockAhead;

    /// <summary>Reports the status as often as the flags say, and when the node lost its readiness.</summary>
    public async Task ReportAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = options.StatusFrequency;
            try
            {
                await ReportOnceAsync(cluster, cancellationToken);
            }
            catch (ClusterHealException e)
            {
                Log.Write($"node status: {e.Message}");
                wait = Soon;
            }
            await Task.Delay(wait, cancellationToken);
        }
    }

    public async Task RenewLeaseAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = options.LeaseDuration * RenewShare;
            try
            {
                if (!await RenewOnceAsync(cluster, cancellationToken)) wait = Soon;
            }
            catch (ClusterHealException e)
            {
                Log.Write($"lease: {e.Message}");
                wait = Soon;
            }
            await Task.Delay(wait, cancellationToken);
        }
    }

    private async Task ReportOnceAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var node = await cluster.Api.GetAsync(ResourceKinds.Nodes, null, options.NodeName, cancellationToken)
            ?? await cluster.CreateAsync(ResourceKinds.Nodes, Describe(NewNode(), cluster.Now), cancellationToken);
        if (node is null) return;
        _clockAhead = TimeSpan.FromSeconds(double.Parse(node.Annotation(Prefix + "clock-ahead") ?? "0", CultureInfo.InvariantCulture));
        if (_reportedUnschedulable is { } before && before != node.Flag("spec", "unschedulable"))
        {
            var reason = before ? "NodeSchedulable" : "NodeNotSchedulable";
            await cluster.RecordAsync(node, "Normal", reason, $"Node {options.NodeName} status is now: {reason}", cancellationToken);
        }
        _reportedUnschedulable = node.Flag("spec", "unschedulable");
        await cluster.ChangeAsync(ResourceKinds.Nodes, node, "status", o => Describe(o, cluster.Now), cancellationToken);
    }

    /// <summary>False as long as the node is not registered.</summary>
    private async Task<bool> RenewOnceAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        const string Namespace = "kube-node-lease";
        var lease = await cluster.Api.GetAsync(ResourceKinds.Leases, Namespace, options.NodeName, cancellationToken);
        if (lease is not null)
        {
            lease.Spec()["renewTime"] = Json.MicroStamp(cluster.Now + _clockAhead);
            await cluster.Api.ReplaceAsync(ResourceKinds.Leases, lease, null, cancellationToken);
            return true;
        }

        var node = await cluster.Api.GetAsync(ResourceKinds.Nodes, null, options.NodeName, cancellationToken);
        if (node is null) return false;
        var meta = new JsonObject
        {
            ["name"] = options.NodeName, ["namespace"] = Namespace,
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = options.NodeName, ["uid"] = node.Uid(),
            }),
        };
        var spec = new JsonObject
        {
            ["holderIdentity"] = options.NodeName, ["leaseDurationSeconds"] = (long)options.LeaseDuration.TotalSeconds,
            ["renewTime"] = Json.MicroStamp(cluster.Now),
        };
        await cluster.CreateAsync(ResourceKinds.Leases, new JsonObject { ["metadata"] = meta, ["spec"] = spec }, cancellationToken);
        return true;
    }

    private JsonObject NewNode()
    {
        var taints = options.Taints.Select(taint => new JsonObject
        {
            ["key"] = taint.Key, ["value"] = taint.Value, ["effect"] = taint.Effect,
        });
        var node = new JsonObject { ["metadata"] = Identity() };
        if (options.Taints.Count > 0) node.Spec()["taints"] = new JsonArray([.. taints]);
        return node;
    }

    private JsonObject Identity()
    {
        var labels = new JsonObject
        {
            ["beta.kubernetes.io/arch"] = "amd64", ["beta.kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = options.NodeName, ["kubernetes.io/os"] = "linux",
        };
        foreach (var (name, value) in options.NodeLabels) labels[name] = value;
        return new JsonObject { ["name"] = options.NodeName, ["labels"] = labels };
    }

    private JsonObject Describe(JsonObject node, DateTimeOffset now)
    {
        var status = node.Status();
        status["capacity"] = Amounts();
        status["allocatable"] = Amounts();
        var trouble = node.Annotation(Prefix + "trouble");
        foreach (var (type, reason, message) in Pressures)
        {
            if (type == trouble) node.SetCondition(type, "True", $"KubeletHas{type}", $"kubelet has {type}", now);
            else node.SetCondition(type, "False", reason, message, now);
        }

        var (ready, reported, why) = trouble == "NotReady" || runtime.IsDown(now)
            ? ("False", "KubeletNotReady", "container runtime is down")
            : ("True", "KubeletReady", "kubelet is posting ready status");
        node.SetCondition("Ready", ready, reported, why, now);
        foreach (var condition in node.Items("status", "conditions")) condition["lastHeartbeatTime"] = Json.Stamp(now);
        status["addresses"] = new JsonArray(
            new JsonObject { ["type"] = "InternalIP", ["address"] = options.NodeIp.ToString() },
            new JsonObject { ["type"] = "Hostname", ["address"] = options.NodeName });
        status["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250 } };
        status["nodeInfo"] = new JsonObject
        {
            ["machineID"] = "", ["systemUUID"] = "", ["bootID"] = _bootId, ["kernelVersion"] = Environment.OSVersion.Version.ToString(),
            ["osImage"] = "ClusterHeal practice node", ["containerRuntimeVersion"] = node.Annotation(Prefix + "runtime") ?? "practice://1",
            ["kubeletVersion"] = node.Annotation(Prefix + "kubelet-version") ?? "v1.36.2+practice",
            ["kubeProxyVersion"] = "", ["operatingSystem"] = "linux", ["architecture"] = "amd64",
        };
        return node;
    }

    private JsonObject Amounts() => new()
    {
        ["cpu"] = "4", ["ephemeral-storage"] = "50Gi", ["memory"] = "8Gi",
        ["pods"] = options.MaxPods.ToString(CultureInfo.InvariantCulture),
    };
}
