namespace ClusterHeal;

/// <summary>What will be done with one component on one host, computed from the live host before anything is changed.</summary>
public sealed record ComponentPlan
{
    /// <summary>The host.</summary>
    public required string HostName { get; init; }

    /// <summary>The component as it is now.</summary>
    public required ComponentStatus Current { get; init; }

    /// <summary>What to do.</summary>
    public required ComponentAction Action { get; init; }

    /// <summary>How long the host waits before it starts the component by itself; zero for never.</summary>
    public TimeSpan For { get; init; }

    /// <summary>The component.</summary>
    public ClusterComponent Component => Current.Component;

    /// <summary>What starts and stops it.</summary>
    public ComponentMechanism Mechanism => Current.Mechanism;

    /// <summary>What is asked about: <c>Etcd on host 'kubem00'</c>.</summary>
    public string Target => $"{Component} on host '{HostName}'";

    /// <summary>The exact action, in words.</summary>
    public override string ToString()
    {
        var verb = Action.ToString().ToLowerInvariant();
        var what = Mechanism == ComponentMechanism.SystemdUnit
            ? $"systemctl {verb} {Current.UnitName}"
            : Action switch
            {
                ComponentAction.Stop => $"move the manifest {Current.ManifestPath} aside and wait until its container is gone",
                ComponentAction.Start when Current.ParkedPath is null => $"wait until the kubelet runs its container; the manifest {Current.ManifestPath} is in place",
                ComponentAction.Start => $"move the manifest back to {Current.ManifestPath} and wait until its container runs",
                _ => $"move the manifest {Current.ManifestPath} aside, wait until its container is gone, and move it back",
            };
        if (Action == ComponentAction.Start) return what;
        var along = Current.DependentUnit.Length == 0 ? "" : $"; with it goes {string.Join(", ", Current.DependentUnit)}";
        return what + along + (For > TimeSpan.Zero ? $"; the host starts it again by itself after {For}" : "; the host will not start it by itself");
    }
}
