namespace ClusterHeal;

/// <summary>How much of etcd's database the present objects of one Kubernetes resource take.</summary>
/// <param name="Resource">The resource as kubectl names it (<c>events</c>, <c>widgets.example.com</c>), or <c>(other)</c>.</param>
/// <param name="Keys">How many keys.</param>
/// <param name="Bytes">Their keys and values, without former revisions.</param>
public sealed record EtcdSpaceUse(string Resource, long Keys, long Bytes)
{
    /// <summary>The resource, its bytes and its keys.</summary>
    public override string ToString() => $"{Resource} {Bytes} bytes in {Keys} keys";
}
