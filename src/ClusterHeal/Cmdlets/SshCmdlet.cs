using System.Management.Automation;
using ClusterHeal.Internal;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that may log in to hosts. What is not given is taken from the runspace's default connection.</summary>
public abstract class SshCmdlet : LoginCmdlet
{
    private ClusterConnection _connected = new() { ClusterName = "" };

    /// <summary>A connection of Connect-Cluster: its hosts and how to log in.</summary>
    [Parameter(ValueFromPipeline = true), Connection]
    public virtual ClusterConnection? Cluster { get; set; }

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
    protected override void BeginProcessing() => Use(Cluster ?? ClusterSession.Current.Connection ?? new ClusterConnection { ClusterName = "" });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Cluster is not null) Use(Cluster);
        base.ProcessRecord();
    }

    /// <summary>Takes a connection for all that is not given.</summary>
    private protected virtual void Use(ClusterConnection connection) => Connected = connection;

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
