using System.Security;

namespace ClusterHeal;

/// <summary>
/// How to log in to one host: the parameters that <c>New-PSSession</c> has for SSH, and how to become root there. What is null
/// is left to the user's own <c>ssh_config</c>, agent and defaults.
/// </summary>
public sealed record HostConnection
{
    /// <summary>The host: a name, an address, or an alias of the user's <c>ssh_config</c>.</summary>
    public required string HostName { get; init; }

    /// <summary>The user to log in as; <c>DOMAIN\user</c> is understood.</summary>
    public string? UserName { get; init; }

    /// <summary>The private key to log in with. With a key named here, no other key is offered.</summary>
    public string? KeyFilePath { get; init; }

    /// <summary>The port of the host's sshd.</summary>
    public int? Port { get; init; }

    /// <summary>More options, as <c>ssh -o</c> takes them: name and value.</summary>
    public IReadOnlyDictionary<string, string> SshOption { get; init; } = new Dictionary<string, string>();

    /// <summary>The file that ssh reads in place of the user's and the system's own <c>ssh_config</c>; null for these.</summary>
    public string? SshConfigFile { get; init; }

    /// <summary>By what the host is reached, or null for what fits best to the rest.</summary>
    public SshTransport? SshTransport { get; init; }

    /// <summary>True to run everything on the host by <c>sudo</c>.</summary>
    public bool Sudo { get; init; }

    // The secrets are not public: what Export-Clixml, Select-Object and ConvertTo-Json see of an object is its public properties.

    /// <summary>
    /// The password that <c>sudo</c> asks for, or null if it asks for none. It goes to sudo's standard input when sudo asks,
    /// and nowhere else: not into an argument, the environment or a file.
    /// </summary>
    internal SecureString? SudoPassword { get; init; }

    /// <summary>The password to log in with as <see cref="UserName"/>, or null for keys and agents. It goes to this host alone.</summary>
    internal SecureString? LoginPassword { get; init; }

    /// <summary>What opens <see cref="KeyFilePath"/>, or null if nothing keeps it.</summary>
    internal SecureString? KeyPassphrase { get; init; }

    /// <summary>How long the connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The host as a user names it: <c>admin@kubem00:2222</c>.</summary>
    public override string ToString() => (UserName is null ? "" : UserName + "@") + HostName + (Port is null ? "" : ":" + Port);
}
