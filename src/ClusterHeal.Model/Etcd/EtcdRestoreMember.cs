namespace ClusterHeal;

/// <summary>One member of a cluster that a restore makes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its new ID, in hex as etcdctl prints it.</param>
/// <param name="PeerUrls">Where the other members reach it.</param>
public sealed record EtcdRestoreMember(string Name, string Id, ItemCollection<string> PeerUrls)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id}) {string.Join(' ', PeerUrls)}";
}
