namespace ClusterHeal.Hosts;

/// <summary>A switch that is armed on a host.</summary>
/// <param name="Timer">The systemd timer.</param>
/// <param name="FiresAt">When it fires, by the host's wall clock as it was when it was armed; to be read only, as the timer goes by the time since the boot.</param>
public sealed record ArmedSwitch(string Timer, DateTimeOffset FiresAt);
