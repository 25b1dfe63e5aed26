using System.Collections;
using System.Management.Automation;
using ClusterHeal.Hosts;
using ClusterHeal.Internal;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The base of cmdlets that may log in to hosts: the parameters that <c>New-PSSession</c> has for SSH, and sudo. What is not given is taken
/// from the runspace's default connection.
/// </summary>
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

    /// <summary>The cluster that the runspace is connected to; one that knows nothing where it is connected to none.</summary>
    private protected ClusterConnection Connected { get; set; } = new() { ClusterName = "" };

    /// <inheritdoc/>
    protected override void BeginProcessing() => Connected = ClusterSession.Current.Connection ?? Connected;

    /// <summary>A host with everything that is needed to log in.</summary>
    /// <param name="hostName">Its name. A host of this name that comes from another cmdlet is logged in to as there.</param>
    private protected HostConnection ConnectionTo(string hostName)
    {
        if (UserName is not null && SshCredential is not null && UserName != SshCredential.UserName) throw OtherUser(hostName);
        if (HostConnection is { } other && HostNames.AreSame(other.HostName, hostName))
        {
            return SudoCredential is null ? other : other with { Sudo = true, SudoPassword = SudoCredential.Password };
        }

        var known = Connected.HostConnectionTo(hostName);
        var given = SshOption.Cast<DictionaryEntry>().ToDictionary(option => $"{option.Key}", option => $"{option.Value}");
        return known with
        {
            UserName = UserName ?? SshCredential?.UserName ?? known.UserName,
            KeyFilePath = KeyFilePath ?? (SshCredential is null ? known.KeyFilePath : null),
            Port = Port ?? known.Port,
            SshOption = given.Count > 0 ? given : known.SshOption,
            LoginPassword = SshCredential?.Password,
            Sudo = Sudo.IsPresent || SudoCredential is not null || (known.Sudo && !MyInvocation.BoundParameters.ContainsKey(nameof(Sudo))),
            SudoPassword = SudoCredential?.Password,
        };
    }

    /// <summary>The hosts that are named, else those of the runspace's connection.</summary>
    private protected IReadOnlyList<string> HostsOrConnected(string[] named)
    {
        if (named.Length > 0) return named;
        if (Connected.HostName.Count > 0) return Connected.HostName;
        throw new ClusterHealException(
            ErrorIds.NotConnected,
            FaultCategory.InvalidOperation,
            "No host is given, and this session is connected to none.",
            remedy: "Name it with -HostName, or connect once with Connect-Cluster -HostName.");
    }

    private HostShellException OtherUser(string hostName) => new(
        ErrorIds.SshUserAmbiguous,
        FaultCategory.InvalidArgument,
        $"{hostName}: -UserName is '{UserName}' and the password of -SshCredential is that of '{SshCredential!.UserName}'. Nothing was sent.",
        hostName,
        "Give the same user in both, or -SshCredential alone.");
}
