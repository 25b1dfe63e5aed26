namespace ClusterHeal.Hosts;

/// <summary>Flatcar and Fedora CoreOS, as Typhoon and similar projects set them up: etcd is a unit with its own name.</summary>
internal static class ContainerLinux
{
    public static Distribution Layout { get; } = new("Container Linux")
    {
        Units = new Dictionary<ClusterComponent, string[]> { [ClusterComponent.Etcd] = ["etcd-member.service"] },
    };
}
