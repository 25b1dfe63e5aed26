using System.Security;

namespace ClusterHeal;

/// <summary>A cluster as the cmdlets reach it: its kubeconfig, its etcd, its hosts. Holds names and paths, never a secret.</summary>
public sealed record ClusterConnection
{
    private readonly NamedTexts _sshOption = NamedTexts.None;

    /// <summary>The name by which prompts and messages call it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The kubeconfig files, or none for kubectl's own search.</summary>
    public ItemCollection<string> Kubeconfig { get; init; } = [];

    /// <summary>The kubeconfig's context, or null for the current one at the time of each call.</summary>
    public string? Context { get; init; }

    /// <summary>The address of the API server, or null if the connection has no kubeconfig.</summary>
    public string? Server { get; init; }

    /// <summary>The version of the API server when it was connected, or null.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>
    /// The control-plane host through which the API server is reached, and whose <c>/etc/kubernetes/admin.conf</c> says how; null if it is
    /// reached from here.
    /// </summary>
    public string? ThroughHost { get; init; }

    /// <summary>etcd's client endpoints.</summary>
    public ItemCollection<string> Endpoint { get; init; } = [];

    /// <summary>The authority of etcd's certificates.</summary>
    public string? CaFile { get; init; }

    /// <summary>The client certificate for etcd.</summary>
    public string? CertFile { get; init; }

    /// <summary>Its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The control-plane hosts.</summary>
    public ItemCollection<string> HostName { get; init; } = [];

    /// <summary>The user to log in as, or null for what ssh_config says.</summary>
    public string? UserName { get; init; }

    /// <summary>The SSH key, or null for what ssh_config and the agent say.</summary>
    public string? KeyFilePath { get; init; }

    /// <summary>The SSH port, or null for what ssh_config says.</summary>
    public int? Port { get; init; }

    /// <summary>More options for ssh.</summary>
    public IReadOnlyDictionary<string, string> SshOption { get => _sshOption; init => _sshOption = NamedTexts.Of(value); }

    /// <summary>The file that ssh reads in place of the user's and the system's own <c>ssh_config</c>; null for these.</summary>
    public string? SshConfigFile { get; init; }

    /// <summary>By what the hosts are reached, or null for what fits best to the rest.</summary>
    public SshTransport? SshTransport { get; init; }

    /// <summary>True if commands on the hosts need sudo.</summary>
    public bool Sudo { get; init; }

    // Not public, as in HostConnection: they stay in the memory of the session, and no object shows them.

    /// <summary>The password of <see cref="UserName"/>, or null.</summary>
    internal HostSecret? LoginPassword { get; init; }

    /// <summary>The password that sudo asks for, or null.</summary>
    internal HostSecret? SudoPassword { get; init; }

    /// <summary>What opens <see cref="KeyFilePath"/>, or null. It goes to no host.</summary>
    internal SecureString? KeyPassphrase { get; init; }

    /// <summary>How to log in to a host of this cluster, one of <see cref="HostName"/> or another.</summary>
    /// <param name="hostName">The host.</param>
    public HostConnection HostConnectionTo(string hostName) => new()
    {
        HostName = hostName,
        UserName = UserName,
        KeyFilePath = KeyFilePath,
        Port = Port,
        SshOption = SshOption,
        SshConfigFile = SshConfigFile,
        SshTransport = SshTransport,
        Sudo = Sudo,
        LoginPassword = LoginPassword?.For(hostName),
        SudoPassword = SudoPassword?.For(hostName),
        KeyPassphrase = KeyPassphrase,
    };

    /// <summary>The name and the address.</summary>
    public override string ToString() => Server is null ? ClusterName : $"{ClusterName} ({Server})";
}
