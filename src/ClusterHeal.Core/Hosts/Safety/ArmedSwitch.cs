namespace ClusterHeal.Hosts;

/// <summary>A switch that is armed on a host.</summary>
/// <param name="Timer">The systemd timer.</param>
/// <param name="FiresAt">When it fires, by the host's clock.</param>
public sealed record ArmedSwitch(string Timer, DateTimeOffset FiresAt);
