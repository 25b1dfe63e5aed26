using System.Collections;
using System.Management.Automation;
using System.Security;
using ClusterHeal.Internal;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The base of cmdlets that may log in to hosts: the parameters that <c>New-PSSession</c> has for SSH, and sudo. What is not given is taken
/// from the runspace's default connection.
/// </summary>
public abstract class SshCmdlet : AsyncCmdlet
{
    private ClusterConnection _connected = new() { ClusterName = "" };

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

    /// <summary>By what hosts are reached.</summary>
    [Parameter]
    public SshTransport? SshTransport { get; set; }

    /// <summary>What opens the SSH key.</summary>
    [Parameter]
    public SecureString? KeyPassphrase { get; set; }

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

    /// <summary>The cluster that is worked on, with the login of this call; one that knows nothing else where the runspace is connected to none.</summary>
    private protected ClusterConnection Connected
    {
        get => _connected;
        set => _connected = WithLogin(value);
    }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Connected = ClusterSession.Current.Connection ?? new ClusterConnection { ClusterName = "" };

    /// <summary>A host with everything that is needed to log in.</summary>
    /// <param name="hostName">Its name. A host of this name that comes from another cmdlet is logged in to as there.</param>
    private protected HostConnection ConnectionTo(string hostName)
    {
        if (HostConnection is not { } other || !HostNames.AreSame(other.HostName, hostName)) return Connected.HostConnectionTo(hostName);
        return SudoCredential is null ? other : other with { Sudo = true, SudoPassword = SudoCredential.Password };
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

    // A password is that of one user: one that was given for another is left out.
    private ClusterConnection WithLogin(ClusterConnection known)
    {
        var user = LoginUser.Of(UserName, SshCredential, this) ?? known.UserName;
        var isSameUser = user == known.UserName;
        var options = SshOption.Cast<DictionaryEntry>().ToDictionary(option => $"{option.Key}", option => $"{option.Value}");
        return known with
        {
            UserName = user,
            KeyFilePath = KeyFilePath ?? (SshCredential is null ? known.KeyFilePath : null),
            KeyPassphrase = KeyPassphrase ?? (KeyFilePath is null ? known.KeyPassphrase : null),
            Port = Port ?? known.Port,
            SshOption = options.Count > 0 ? options : known.SshOption,
            SshTransport = SshTransport ?? known.SshTransport,
            LoginPassword = Given(SshCredential) ?? (isSameUser && KeyFilePath is null ? known.LoginPassword : null),
            Sudo = Sudo.IsPresent || SudoCredential is not null || (known.Sudo && !MyInvocation.BoundParameters.ContainsKey(nameof(Sudo))),
            SudoPassword = Given(SudoCredential) ?? (isSameUser ? known.SudoPassword : null),
        };
    }

    private static HostSecret? Given(PSCredential? credential) => credential is null ? null : new HostSecret(credential.Password, Hosts: null);
}
