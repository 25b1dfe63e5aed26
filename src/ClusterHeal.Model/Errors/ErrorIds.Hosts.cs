namespace ClusterHeal;

/// <content>Hosts: logging in, running scripts, files.</content>
public static partial class ErrorIds
{
    /// <summary>A host name, user name or option is not valid.</summary>
    public const string HostNameInvalid = "HostNameInvalid";

    /// <summary>Two of the given names lead to the same host.</summary>
    public const string HostNamedTwice = "HostNamedTwice";

    /// <summary>The user to log in as and the user of the password are different.</summary>
    public const string SshUserAmbiguous = "SshUserAmbiguous";

    /// <summary>No <c>ssh</c> program is on the PATH.</summary>
    public const string SshClientNotFound = "SshClientNotFound";

    /// <summary>The host name is not known, or no network leads there.</summary>
    public const string SshUnreachable = "SshUnreachable";

    /// <summary>The host did not answer in time.</summary>
    public const string SshTimeout = "SshTimeout";

    /// <summary>Nothing listens at the host's SSH port.</summary>
    public const string SshRefused = "SshRefused";

    /// <summary>The host's sshd closed the connection before the login: too many logins at once, or a ban.</summary>
    public const string SshBusy = "SshBusy";

    /// <summary>The host's key is not in known_hosts.</summary>
    public const string SshHostKeyUnknown = "SshHostKeyUnknown";

    /// <summary>The host's key is not the one in known_hosts.</summary>
    public const string SshHostKeyChanged = "SshHostKeyChanged";

    /// <summary>The host's key is one that known_hosts marks as revoked.</summary>
    public const string SshHostKeyRevoked = "SshHostKeyRevoked";

    /// <summary>A known_hosts file cannot be read, so nobody can tell whether a host is the one that it should be.</summary>
    public const string SshKnownHostsUnreadable = "SshKnownHostsUnreadable";

    /// <summary>The key file to log in with is not there.</summary>
    public const string SshKeyFileNotFound = "SshKeyFileNotFound";

    /// <summary>The key file to log in with cannot be read, or is no key.</summary>
    public const string SshKeyFileInvalid = "SshKeyFileInvalid";

    /// <summary>The key file to log in with needs a passphrase, or another one.</summary>
    public const string SshKeyPassphrase = "SshKeyPassphrase";

    /// <summary>The SSH transport cannot use all parameters that were given.</summary>
    public const string SshTransportUnfit = "SshTransportUnfit";

    /// <summary>The host accepts none of the keys, or rejects the password.</summary>
    public const string SshAuthenticationFailed = "SshAuthenticationFailed";

    /// <summary>The connection broke during an operation.</summary>
    public const string SshConnectionLost = "SshConnectionLost";

    /// <summary>The login worked, and no POSIX shell answered.</summary>
    public const string SshShellRefused = "SshShellRefused";

    /// <summary>The host refused to open a connection to another address.</summary>
    public const string SshForwardFailed = "SshForwardFailed";

    /// <summary>The ssh program ended with an error that is not known here.</summary>
    public const string SshFailed = "SshFailed";

    /// <summary>sudo requires a password, and none was given.</summary>
    public const string SudoPasswordRequired = "SudoPasswordRequired";

    /// <summary>sudo did not accept the password.</summary>
    public const string SudoPasswordWrong = "SudoPasswordWrong";

    /// <summary>The user may not do this by sudo.</summary>
    public const string SudoRefused = "SudoRefused";

    /// <summary>sudo is configured to require a terminal.</summary>
    public const string SudoTerminalRequired = "SudoTerminalRequired";

    /// <summary>A program that is needed is not on the host.</summary>
    public const string HostCommandNotFound = "HostCommandNotFound";

    /// <summary>A script on the host ended with a failure.</summary>
    public const string HostScriptFailed = "HostScriptFailed";

    /// <summary>The shell that ran a script was ended on the host before the script was finished.</summary>
    public const string HostScriptKilled = "HostScriptKilled";

    /// <summary>A script on the host did not end in time.</summary>
    public const string HostScriptTimeout = "HostScriptTimeout";

    /// <summary>A script on the host printed more than ClusterHeal reads.</summary>
    public const string HostOutputTooLarge = "HostOutputTooLarge";

    /// <summary>The host has no room left on a disk.</summary>
    public const string HostDiskFull = "HostDiskFull";

    /// <summary>The user may not do this on the host.</summary>
    public const string HostPermissionDenied = "HostPermissionDenied";

    /// <summary>A file is not on the host.</summary>
    public const string HostFileNotFound = "HostFileNotFound";

    /// <summary>A file changed while it was read, or did not arrive as it was sent.</summary>
    public const string HostFileChanged = "HostFileChanged";

    /// <summary>Another operation works on the host.</summary>
    public const string HostLocked = "HostLocked";

    /// <summary>The dead-man's switch of the host could not be armed, so nothing was stopped.</summary>
    public const string HostSwitchNotArmed = "HostSwitchNotArmed";

    /// <summary>The host has no such component.</summary>
    public const string ComponentNotFound = "ComponentNotFound";

    /// <summary>The component did not stop, or did not come up, in time.</summary>
    public const string ComponentTimeout = "ComponentTimeout";

    /// <summary>A static pod cannot be stopped or started because the kubelet of its host does not run.</summary>
    public const string KubeletNotRunning = "KubeletNotRunning";

    /// <summary>The stop would take etcd below its quorum, or it is not known whether it would.</summary>
    public const string QuorumAtRisk = "QuorumAtRisk";

    /// <summary>The stop would end the last API server that answers.</summary>
    public const string LastApiServer = "LastApiServer";
}
