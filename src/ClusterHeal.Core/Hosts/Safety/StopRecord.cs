namespace ClusterHeal.Hosts;

/// <summary>What a host remembers of a stop.</summary>
/// <param name="Source">The unit, or the manifest's own path.</param>
/// <param name="ParkedPath">Where the manifest will be; empty for a unit.</param>
/// <param name="DependentUnits">The units that systemd stops with it.</param>
internal sealed record StopRecord(string Source, string ParkedPath, string[] DependentUnits);
