namespace ClusterHeal;

/// <summary>By what hosts are reached.</summary>
public enum SshTransport : long
{
    /// <summary>The system's own <c>ssh</c>: ssh_config, agents, jump hosts, certificates, hardware keys.</summary>
    OpenSsh,

    /// <summary>SSH.NET, in the process: no program is needed, and passwords and key files work on every system.</summary>
    SshNet,
}
