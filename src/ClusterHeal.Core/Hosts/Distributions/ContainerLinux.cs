namespace ClusterHeal.Hosts;

/// <summary>Flatcar and Fedora CoreOS, as Typhoon and its like set them up: etcd is a unit with a name of its own.</summary>
internal static class ContainerLinux
{
    /// <summary>What it looks like.</summary>
    public static Distribution Layout { get; } = new("Container Linux")
    {
        Units = new Dictionary<ClusterComponent, string[]> { [ClusterComponent.Etcd] = ["etcd-member.service"] },
    };
}
