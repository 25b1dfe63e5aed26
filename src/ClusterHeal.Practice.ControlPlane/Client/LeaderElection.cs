using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>Holds a lease in <c>kube-system</c> while the component works, as the real components do.</summary>
internal sealed class LeaderElection(ObjectClient api, string leaseName, LeaderElectionOptions options, TimeProvider time)
{
    private static readonly TimeSpan ServerPause = TimeSpan.FromMilliseconds(200);
    private readonly string _identity = $"{Environment.MachineName}_{Guid.NewGuid()}";
    private string? _seen;
    private long _seenAt;

    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        while (!await TryHoldAsync(cancellationToken))
        {
            // If nobody holds the lease, the server is not there yet.
            await Task.Delay(_seen is null ? ServerPause : options.RetryPeriod, time, cancellationToken);
        }
        Log.Write($"successfully acquired lease kube-system/{leaseName}");
    }

    /// <summary>Renews the lease until it is lost.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var renewed = time.GetTimestamp();
        while (time.GetElapsedTime(renewed) < options.RenewDeadline)
        {
            await Task.Delay(options.RetryPeriod, time, cancellationToken);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(options.RenewDeadline);
            try
            {
                if (await TryHoldAsync(deadline.Token)) renewed = time.GetTimestamp();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }
        Log.Write("\"leaderelection lost\"");
    }

    /// <summary>Gives the lease back, so that the next holder does not have to wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (await api.GetAsync(ResourceKinds.Leases, "kube-system", leaseName, cancellationToken) is not { } lease) return;
        if (lease.Text("spec", "holderIdentity") != _identity) return;
        lease.Spec()["holderIdentity"] = "";
        lease.Spec()["leaseDurationSeconds"] = 1;
        lease.Spec()["renewTime"] = Json.MicroStamp(time.GetUtcNow());
        await api.ReplaceAsync(ResourceKinds.Leases, lease, null, cancellationToken);
    }

    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lease = await api.GetAsync(ResourceKinds.Leases, "kube-system", leaseName, cancellationToken);
            if (lease is null)
            {
                await api.CreateAsync(ResourceKinds.Leases, Filled(NewLease(), 0), cancellationToken);
                return true;
            }

            var holder = lease.Text("spec", "holderIdentity");
            var renewal = $"{holder} {lease.Text("spec", "renewTime")}";
            if (renewal != _seen) (_seen, _seenAt) = (renewal, time.GetTimestamp());
            var duration = TimeSpan.FromSeconds(lease.Number("spec", "leaseDurationSeconds") ?? 0);
            if (holder is { Length: > 0 } && holder != _identity && time.GetElapsedTime(_seenAt) < duration) return false;
            var transitions = (lease.Number("spec", "leaseTransitions") ?? 0) + (holder == _identity ? 0 : 1);
            if (holder != _identity) lease.Spec().Remove("acquireTime");
            await api.ReplaceAsync(ResourceKinds.Leases, Filled(lease, transitions), null, cancellationToken);
            return true;
        }
        catch (ClusterHealException e)
        {
            Log.Write($"lease {leaseName}: {e.Message}");
            return false;
        }
    }

    private JsonObject NewLease() => new()
    {
        ["kind"] = "Lease", ["apiVersion"] = ResourceKinds.Leases.ApiVersion,
        ["metadata"] = new JsonObject { ["name"] = leaseName, ["namespace"] = "kube-system" },
    };

    private JsonObject Filled(JsonObject lease, long transitions)
    {
        var spec = lease.Spec();
        var now = Json.MicroStamp(time.GetUtcNow());
        spec["holderIdentity"] = _identity;
        spec["leaseDurationSeconds"] = (long)options.LeaseDuration.TotalSeconds;
        spec.Default("acquireTime", now);
        spec["renewTime"] = now;
        spec["leaseTransitions"] = transitions;
        return lease;
    }
}
