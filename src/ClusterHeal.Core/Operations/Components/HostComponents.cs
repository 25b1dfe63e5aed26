namespace ClusterHeal.Operations;

/// <summary>Some components of one host.</summary>
/// <param name="Host">The host and how to log in.</param>
/// <param name="Components">The components, in the order of the work.</param>
public sealed record HostComponents(HostConnection Host, IReadOnlyList<ClusterComponent> Components);
