namespace ClusterHeal.Kubernetes;

/// <summary>Shows where pods run.</summary>
public sealed record PodPlacementQuery
{
    /// <summary>Only pods on these nodes; wildcards are allowed. None for all.</summary>
    public IReadOnlyList<string> NodeNames { get; init; } = [];

    /// <summary>Only pods of this namespace, or null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only pods with these labels, as kubectl takes them with <c>-l</c>, or null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only pods of workloads with this name (<c>web</c>, <c>Deployment/web</c>); wildcards are allowed. Null for all.</summary>
    public string? Workload { get; init; }

    /// <summary>A former result: only what changed since is emitted. Null for none.</summary>
    public IReadOnlyList<PodPlacement>? ChangedSince { get; init; }

    /// <summary>Emits a <see cref="PodPlacement"/> for each pod, page by page while they arrive.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="sink">Where they go.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task RunAsync(KubernetesClient client, IOperationSink sink, CancellationToken cancellationToken)
    {
        if (ChangedSince is null)
        {
            await foreach (var pod in ListAsync(client, cancellationToken).ConfigureAwait(false)) sink.Emit(pod);
            return;
        }

        var now = new List<PodPlacement>();
        await foreach (var pod in ListAsync(client, cancellationToken).ConfigureAwait(false)) now.Add(pod);
        foreach (var pod in PlacementChanges.Compare(ChangedSince, now))
        {
            if (pod.Change != PodChange.None) sink.Emit(pod);
        }
    }

    private async IAsyncEnumerable<PodPlacement> ListAsync(
        KubernetesClient client, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var nodes = NodeNames.Select(NodeSelection.Wildcard).ToArray();
        var workload = Workload is null ? null : NodeSelection.Wildcard(Workload);
        var query = new ResourceQuery(Namespace, FieldSelector(), LabelSelector);
        await foreach (var pod in client.ListAsync(Resources.Pods, query, cancellationToken).ConfigureAwait(false))
        {
            var placement = PodReport.Make(pod, client.ServerNow);
            if (nodes.Length > 0 && !nodes.Any(n => n.IsMatch(placement.NodeName ?? ""))) continue;
            if (workload is not null && !Matches(workload, placement.Workload)) continue;
            yield return placement;
        }
    }

    /// <summary>For one node the server selects. For several, or for wildcards, we do.</summary>
    private string? FieldSelector() =>
        NodeNames is [var node] && node.AsSpan().IndexOfAny('*', '?') < 0 ? "spec.nodeName=" + node : null;

    private static bool Matches(System.Text.RegularExpressions.Regex pattern, string? workload) =>
        workload is not null && (pattern.IsMatch(workload) || pattern.IsMatch(workload[(workload.IndexOf('/') + 1)..]));
}
