namespace ClusterHeal.Etcd;

/// <summary>How a cluster was reached. It is kept with the members of the result, so that the next cmdlet reaches them the same way.</summary>
/// <param name="CaFile">The file of the authorities, or null.</param>
/// <param name="CertFile">The file of the client certificate, or null.</param>
/// <param name="KeyFile">The file of its key, or null.</param>
/// <param name="Host">The host through which it was reached and whose files these are; null for this machine.</param>
public sealed record EtcdAccess(string? CaFile, string? CertFile, string? KeyFile, HostConnection? Host = null);
