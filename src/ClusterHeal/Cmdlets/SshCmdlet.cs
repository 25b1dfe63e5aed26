using System.Collections;
using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that may log in to hosts: the parameters that <c>New-PSSession</c> has for SSH, and sudo.</summary>
public abstract class SshCmdlet : AsyncCmdlet
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

    /// <summary>The user and password to log in with, in place of a key.</summary>
    [Parameter, Credential]
    public PSCredential? SshCredential { get; set; }

    /// <summary>Run everything by sudo.</summary>
    [Parameter]
    public SwitchParameter Sudo { get; set; }

    /// <summary>The password that sudo asks for.</summary>
    [Parameter, Credential]
    public PSCredential? SudoCredential { get; set; }

    /// <summary>How a host that comes from another cmdlet was logged in to.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public HostConnection? HostConnection { get; set; }

    /// <summary>A host with everything that is needed to log in.</summary>
    /// <param name="hostName">Its name. A host of this name that comes from another cmdlet is logged in to as there.</param>
    private protected HostConnection ConnectionTo(string hostName) => HostConnection?.HostName == hostName ? HostConnection : new HostConnection
    {
        HostName = hostName,
        UserName = UserName ?? SshCredential?.UserName,
        KeyFilePath = KeyFilePath,
        Port = Port,
        SshOption = SshOption.Cast<DictionaryEntry>().ToDictionary(option => $"{option.Key}", option => $"{option.Value}"),
        LoginPassword = SshCredential?.Password,
        Sudo = Sudo || SudoCredential is not null,
        SudoPassword = SudoCredential?.Password,
    };
}
