using System.Collections;
using System.Management.Automation;
using System.Security;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets with parameters for the login to hosts: those of <c>New-PSSession</c> for SSH, and sudo.</summary>
public abstract class LoginCmdlet : AsyncCmdlet
{
    /// <summary>The user to log in as.</summary>
    [Parameter]
    public string? UserName { get; set; }

    /// <summary>The SSH key.</summary>
    [Parameter, FilePath, Alias("IdentityFilePath")]
    public string? KeyFilePath { get; set; }

    /// <summary>The SSH port.</summary>
    [Parameter, ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>More options of ssh.</summary>
    [Parameter]
    public Hashtable SshOption { get; set; } = [];

    /// <summary>The ssh_config file.</summary>
    [Parameter, FilePath]
    public string? SshConfigFile { get; set; }

    /// <summary>The transport to hosts.</summary>
    [Parameter]
    public SshTransport? SshTransport { get; set; }

    /// <summary>The passphrase of the SSH key.</summary>
    [Parameter]
    public SecureString? KeyPassphrase { get; set; }

    /// <summary>The user and password to log in with, instead of a key.</summary>
    [Parameter, Credential]
    public PSCredential? SshCredential { get; set; }

    /// <summary>Run everything with sudo.</summary>
    [Parameter]
    public SwitchParameter Sudo { get; set; }

    /// <summary>The password for sudo.</summary>
    [Parameter, Credential]
    public PSCredential? SudoCredential { get; set; }

    /// <summary><see cref="SshOption"/> as text.</summary>
    private protected IReadOnlyDictionary<string, string> SshOptions =>
        SshOption.Cast<DictionaryEntry>().ToDictionary(option => $"{option.Key}", option => $"{option.Value}");

    /// <summary>The password of a credential, and the hosts that it is for.</summary>
    /// <param name="credential">The credential, or null.</param>
    /// <param name="hosts">The hosts; null for all of this call.</param>
    private protected static HostSecret? SecretOf(PSCredential? credential, IReadOnlyList<string>? hosts) =>
        credential is null ? null : new HostSecret(credential.Password, hosts);
}
