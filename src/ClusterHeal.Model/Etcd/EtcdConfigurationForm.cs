namespace ClusterHeal;

/// <summary>The forms in which the configuration of an etcd member is written.</summary>
public enum EtcdConfigurationForm : long
{
    /// <summary>An environment file of systemd with <c>ETCD_…</c> variables.</summary>
    EnvironmentFile,

    /// <summary>A systemd unit, with the environment files that it names.</summary>
    Unit,

    /// <summary>etcd's own configuration file (<c>--config-file</c>).</summary>
    ConfigFile,

    /// <summary>The manifest of a static pod, as kubeadm writes it.</summary>
    StaticPod,

    /// <summary>A command line.</summary>
    CommandLine,
}
