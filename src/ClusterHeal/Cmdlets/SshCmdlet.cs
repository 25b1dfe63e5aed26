using System.Management.Automation;
using ClusterHeal.Internal;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that may log in to hosts. Whatever is not given comes from the runspace's default connection.</summary>
public abstract class SshCmdlet : LoginCmdlet
{
    private ClusterConnection _connected = new() { ClusterName = "" };

    /// <summary>A connection of Connect-Cluster: its hosts and how to log in.</summary>
    [Parameter(ValueFromPipeline = true), Connection]
    public virtual ClusterConnection? Cluster { get; set; }

    /// <summary>The login of a host that comes from another cmdlet.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public HostConnection? HostConnection { get; set; }

    /// <summary>The cluster of this call, with its login; without a connection of the runspace, one that has only the login.</summary>
    private protected ClusterConnection Connected
    {
        get => _connected;
        set => _connected = WithLogin(value);
    }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Use(Cluster ?? ClusterSession.Current.Connection ?? new ClusterConnection { ClusterName = "" });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Cluster is not null) Use(Cluster);
        base.ProcessRecord();
    }

    /// <summary>Uses a connection for all that is not given.</summary>
    private protected virtual void Use(ClusterConnection connection) => Connected = connection;

    /// <summary>A host with everything that a login needs.</summary>
    /// <param name="hostName">Its name. If a host of this name comes from another cmdlet, its login there is used.</param>
    private protected HostConnection ConnectionTo(string hostName)
    {
        if (HostConnection is not { } other || !HostNames.AreSame(other.HostName, hostName)) return Connected.HostConnectionTo(hostName);
        return SudoCredential is null ? other : other with { Sudo = true, SudoPassword = SudoCredential.Password };
    }

    /// <summary>The named hosts, otherwise those of the runspace's connection.</summary>
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

    // A password belongs to one user: one that was given for another user is left out.
    private ClusterConnection WithLogin(ClusterConnection known)
    {
        var user = LoginUser.Of(UserName, SshCredential, this) ?? known.UserName;
        var isSameUser = user == known.UserName;
        return known with
        {
            UserName = user,
            KeyFilePath = KeyFilePath ?? (SshCredential is null ? known.KeyFilePath : null),
            KeyPassphrase = KeyPassphrase ?? (KeyFilePath is null ? known.KeyPassphrase : null),
            Port = Port ?? known.Port,
            SshOption = SshOption.Count > 0 ? SshOptions : known.SshOption,
            SshConfigFile = SshConfigFile ?? known.SshConfigFile,
            SshTransport = SshTransport ?? known.SshTransport,
            LoginPassword = SecretOf(SshCredential, hosts: null) ?? (isSameUser && KeyFilePath is null ? known.LoginPassword : null),
            Sudo = Sudo.IsPresent || SudoCredential is not null || (known.Sudo && !MyInvocation.BoundParameters.ContainsKey(nameof(Sudo))),
            SudoPassword = SecretOf(SudoCredential, hosts: null) ?? (isSameUser ? known.SudoPassword : null),
        };
    }
}
