namespace ClusterHeal.Kubernetes;

/// <summary>Looks at nodes, waits for them, cordons and uncordons them.</summary>
/// <param name="client">The API server.</param>
/// <param name="sink">Where results and failures go.</param>
public sealed class NodeOperations(KubernetesClient client, IOperationSink sink)
{
    private const string LeaseNamespace = "kube-node-lease";
    private const int FewNodes = 10;

    /// <summary>Emits a <see cref="NodeStatus"/> for every selected node.</summary>
    /// <param name="names">Names, with wildcards; none for all.</param>
    /// <param name="labelSelector">As kubectl takes it with <c>-l</c>, or null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task ReportAsync(IReadOnlyList<string> names, string? labelSelector, CancellationToken cancellationToken)
    {
        var nodes = await NodeSelection.FindAsync(client, names, labelSelector, sink, cancellationToken).ConfigureAwait(false);
        var leases = LeasesAsync(nodes, cancellationToken);
        var pods = PodCountsAsync(nodes, cancellationToken);
        var (leaseOf, countOf) = (await leases.ConfigureAwait(false), await pods.ConfigureAwait(false));
        foreach (var node in nodes)
        {
            var count = countOf is null ? (int?)null : countOf.GetValueOrDefault(node.Metadata.Name);
            sink.Emit(Report(node, leaseOf.GetValueOrDefault(node.Metadata.Name), count));
        }
    }

    /// <summary>Waits until each node is in a state, and then emits it. If a node is not in time, that is an error.</summary>
    /// <param name="names">Names, with wildcards for nodes that exist.</param>
    /// <param name="condition">The state.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(IReadOnlyList<string> names, NodeCondition condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var time = client.Time;
        using var deadline = new CancellationTokenSource(timeout, time);
        var nodes = await ResourceCache<Node>.StartAsync(client, Resources.Nodes, ResourceQuery.All, cancellationToken).ConfigureAwait(false);
        await using var nodesLifetime = nodes.ConfigureAwait(false);
        var waiting = Expand(names, nodes.Items);
        var began = time.GetTimestamp();
        while (true)
        {
            var change = nodes.NextChange;
            var byName = nodes.Items.ToDictionary(n => n.Metadata.Name);
            foreach (var name in waiting.ToArray())
            {
                if (!Holds(byName.GetValueOrDefault(name), condition)) continue;
                waiting.Remove(name);
                if (byName.TryGetValue(name, out var node)) sink.Emit(Report(node, null, null));
            }

            if (waiting.Count == 0) return;
            sink.Progress(new OperationProgress(
                $"Waiting for nodes to be {condition}", $"{string.Join(", ", waiting)}, for {time.GetElapsedTime(began).TotalSeconds:0} s"));
            if (deadline.IsCancellationRequested) break;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            await change.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        foreach (var name in waiting) sink.Fail(NotInTime(name, condition, timeout, nodes));
    }

    /// <summary>Cordons or uncordons nodes. Nodes that are already so are not changed.</summary>
    /// <param name="names">Names, with wildcards.</param>
    /// <param name="labelSelector">As kubectl takes it with <c>-l</c>, or null.</param>
    /// <param name="schedulable">True to uncordon.</param>
    /// <param name="passThru">True to emit the nodes after the change.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task SetSchedulableAsync(
        IReadOnlyList<string> names, string? labelSelector, bool schedulable, bool passThru, CancellationToken cancellationToken)
    {
        foreach (var node in await NodeSelection.FindAsync(client, names, labelSelector, sink, cancellationToken).ConfigureAwait(false))
        {
            var name = node.Metadata.Name;
            var changed = node;
            if (node.Spec.Unschedulable == !schedulable)
            {
                sink.Verbose($"node '{name}' is {(schedulable ? "schedulable" : "cordoned")} already");
            }
            else
            {
                var target = $"node '{name}' in cluster '{client.Connection.ClusterName}'";
                var action = schedulable ? "Uncordon: let new pods be placed on it again" : "Cordon: let no new pods be placed on it";
                if (!await sink.ConfirmAsync(target, action, cancellationToken).ConfigureAwait(false)) continue;
                try
                {
                    changed = await Cordon.SetAsync(client, name, schedulable, cancellationToken).ConfigureAwait(false);
                }
                catch (KubernetesException e)
                {
                    sink.Fail(e);
                    continue;
                }
            }

            if (passThru) sink.Emit(Report(changed, null, null));
        }
    }

    private NodeStatus Report(Node node, Lease? lease, int? podCount) =>
        NodeReport.Make(node, lease, podCount, client.Connection.ClusterName, client.ServerNow);

    private async Task<IReadOnlyDictionary<string, Lease>> LeasesAsync(IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        try
        {
            if (nodes is [var node])
            {
                var lease = await client.FindAsync(Resources.Leases, LeaseNamespace, node.Metadata.Name, cancellationToken).ConfigureAwait(false);
                return lease is null ? new Dictionary<string, Lease>() : new Dictionary<string, Lease> { [node.Metadata.Name] = lease };
            }

            var query = new ResourceQuery(LeaseNamespace);
            var leases = await client.SnapshotAsync(Resources.Leases, query, cancellationToken).ConfigureAwait(false);
            return leases.Items.ToDictionary(l => l.Metadata.Name);
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            sink.Verbose($"The nodes' leases may not be read, so their age is not shown: {e.Message}");
            return new Dictionary<string, Lease>();
        }
    }

    /// <summary>Pods that have not ended, per node. For a few nodes only theirs are read, not those of the whole cluster.</summary>
    private async Task<IReadOnlyDictionary<string, int>?> PodCountsAsync(IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        const string NotEnded = "status.phase!=Succeeded,status.phase!=Failed";
        var queries = nodes.Count <= FewNodes
            ? nodes.Select(n => new ResourceQuery(FieldSelector: $"spec.nodeName={n.Metadata.Name},{NotEnded}"))
            : [new ResourceQuery(FieldSelector: NotEnded)];
        var counts = new Dictionary<string, int>();
        try
        {
            foreach (var query in queries)
            {
                await foreach (var pod in client.ListAsync(Resources.Pods, query, cancellationToken).ConfigureAwait(false))
                    counts[pod.Spec.NodeName] = counts.GetValueOrDefault(pod.Spec.NodeName) + 1;
            }

            return counts;
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            sink.Verbose($"Pods may not be read, so they are not counted: {e.Message}");
            return null;
        }
    }

    private static List<string> Expand(IReadOnlyList<string> names, ICollection<Node> nodes)
    {
        var meant = new List<string>();
        foreach (var name in names)
        {
            var pattern = NodeSelection.Wildcard(name);
            var found = nodes.Select(n => n.Metadata.Name).Where(n => pattern.IsMatch(n)).Order(StringComparer.Ordinal).ToArray();
            // A node that should come back after a repair may not be registered yet.
            meant.AddRange(found.Length > 0 ? found : [name]);
        }

        return [.. meant.Distinct()];
    }

    private static bool Holds(Node? node, NodeCondition condition) => condition switch
    {
        NodeCondition.Removed => node is null,
        NodeCondition.Ready => node?.IsReady == true,
        NodeCondition.NotReady => node is { IsReady: false },
        NodeCondition.Schedulable => node is { Spec.Unschedulable: false },
        NodeCondition.SchedulingDisabled => node is { Spec.Unschedulable: true },
        _ => false,
    };

    private ClusterHealException NotInTime(string name, NodeCondition condition, TimeSpan timeout, ResourceCache<Node> nodes)
    {
        var node = nodes.Items.FirstOrDefault(n => n.Metadata.Name == name);
        var state = node is null ? "is not registered" : $"is {NodeReport.Status(node)}";
        var why = nodes.Outage is { } outage ? $" The API server is not available: {outage.Message}" : node?.Ready?.Message is { Length: > 0 } m ? $" {m}" : "";
        return new ClusterHealException(
            ErrorIds.NodeConditionTimeout,
            FaultCategory.Timeout,
            $"Node '{name}' in cluster '{client.Connection.ClusterName}' did not become {condition} within {timeout.TotalSeconds:0} s; it {state}.{why}",
            name,
            "Look at its kubelet (Get-NodeComponent), or wait longer with -TimeoutSec.");
    }
}
