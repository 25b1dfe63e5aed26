namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>When one of several equal components may work; named as the flags of the real ones.</summary>
/// <param name="LeaseDuration">How long a lease counts after its last renewal.</param>
/// <param name="RenewDeadline">How long the leader tries to renew before it gives up.</param>
/// <param name="RetryPeriod">How often each component tries.</param>
internal sealed record LeaderElectionOptions(TimeSpan LeaseDuration, TimeSpan RenewDeadline, TimeSpan RetryPeriod)
{
    /// <summary>Reads the flags; null if the component works without a lease.</summary>
    public static LeaderElectionOptions? Read(Flags flags)
    {
        var options = new LeaderElectionOptions(
            flags.Duration("leader-elect-lease-duration", TimeSpan.FromSeconds(15)),
            flags.Duration("leader-elect-renew-deadline", TimeSpan.FromSeconds(10)),
            flags.Duration("leader-elect-retry-period", TimeSpan.FromSeconds(2)));
        return flags.Flag("leader-elect", true) ? options : null;
    }
}
