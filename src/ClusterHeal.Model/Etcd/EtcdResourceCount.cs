namespace ClusterHeal;

/// <summary>How many live keys a snapshot has of one Kubernetes resource.</summary>
/// <param name="Resource">The resource as kubectl names it (<c>deployments</c>, <c>widgets.example.com</c>), or <c>(other)</c>.</param>
/// <param name="Count">How many.</param>
public sealed record EtcdResourceCount(string Resource, long Count)
{
    /// <summary>The resource and its count.</summary>
    public override string ToString() => $"{Resource} {Count}";
}
