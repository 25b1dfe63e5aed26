namespace ClusterHeal.Hosts;

/// <summary>An armed switch on a host.</summary>
/// <param name="Timer">The systemd timer.</param>
/// <param name="FiresAt">When it fires, by the host's wall clock at the time of arming. It is for people: the timer counts the time since the boot.</param>
public sealed record ArmedSwitch(string Timer, DateTimeOffset FiresAt);
