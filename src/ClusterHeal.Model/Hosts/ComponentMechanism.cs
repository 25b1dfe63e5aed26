namespace ClusterHeal;

/// <summary>What starts and stops a component on its host.</summary>
public enum ComponentMechanism : long
{
    /// <summary>Nothing that was found.</summary>
    None,

    /// <summary>systemd, by a unit.</summary>
    SystemdUnit,

    /// <summary>The kubelet, by a manifest in its folder, as kubeadm sets it up.</summary>
    StaticPod,
}
