namespace ClusterHeal.Operations;

/// <summary>What a key of etcd says about its object.</summary>
/// <param name="Resource">The resource, as <see cref="EtcdSnapshot.Resources"/> names it: <c>deployments</c>, <c>widgets.example.com</c>.</param>
/// <param name="Namespace">The namespace; empty for an object without one.</param>
/// <param name="Name">The name.</param>
internal sealed record StorageKey(string Resource, string Namespace, string Name);
