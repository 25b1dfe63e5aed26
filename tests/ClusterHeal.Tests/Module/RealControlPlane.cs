using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;

namespace ClusterHeal.Tests.Module;

/// <summary>A practice control plane; one of its nodes bears the name of the etcd member below it.</summary>
public sealed class RealControlPlane : IAsyncDisposable
{
    private LocalControlPlane? _plane;

    /// <summary>Starts it.</summary>
    /// <returns>How to reach it, as environment variables.</returns>
    public async Task<Dictionary<string, string?>> StartAsync(CancellationToken cancellationToken)
    {
        _plane ??= await LocalControlPlane.StartAsync(new LocalControlPlaneOptions { Nodes = ["kubew01", "kubew02", "m1"] }, cancellationToken);
        var kubectl = await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken);
        return new Dictionary<string, string?>
        {
            ["CLUSTERHEAL_TEST_KUBECONFIG"] = _plane.Kubeconfig,
            ["CLUSTERHEAL_TEST_KUBECTL"] = Path.Combine(kubectl.Bin, "kubectl"),
            ["CLUSTERHEAL_TEST_ENDPOINT"] = _plane.Etcd.Endpoint,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_plane is not null) await _plane.DisposeAsync();
    }
}
