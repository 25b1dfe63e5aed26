using ClusterHeal.Etcd;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The base of the cmdlets for an etcd cluster as a whole. Members from the pipeline are gathered first, so that they are worked on in the right
/// order. If the pipeline was empty, nothing is done.
/// </summary>
public abstract class EtcdUpkeepCmdlet : EtcdCmdlet
{
    private readonly List<string> _endpoints = [];
    private readonly List<ClusterConnection> _clusters = [];
    private bool _hasInput;

    /// <summary>Keeps what this input names.</summary>
    private protected virtual void Gather()
    {
    }

    /// <summary>The name of the cluster in prompts and results.</summary>
    private protected string NameOf(EtcdConnection connection) =>
        Endpoint.Length == 0 && Connected.ClusterName.Length > 0 ? Connected.ClusterName : connection.Endpoints[0].ToString();

    /// <inheritdoc/>
    protected sealed override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        _hasInput = true;
        _endpoints.AddRange(Endpoint);
        if (Cluster is not null && !_clusters.Contains(Cluster)) _clusters.Add(Cluster);
        Gather();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (!_hasInput) return Task.CompletedTask;
        if (_clusters.Count > 1)
        {
            throw new ClusterHealException(
                ErrorIds.SeveralConnections,
                FaultCategory.InvalidArgument,
                $"Connections to {string.Join(" and ", _clusters.Select(cluster => $"'{cluster}'"))} came through the pipeline, and one call works on one cluster. Nothing was done.",
                _clusters[^1],
                "Pipe one connection, or call it for each: ForEach-Object { … -Cluster $_ }.");
        }

        Endpoint = [.. _endpoints.Distinct()];
        return base.ProcessAsync(sink, cancellationToken);
    }
}
