using System.Text.RegularExpressions;

namespace ClusterHeal.Hosts;

/// <summary>Turns what <c>ssh</c> and <c>sudo</c> say when they fail into errors with a next step.</summary>
internal static partial class SshFault
{
    /// <summary>The error of an <c>ssh</c> or <c>sudo</c> that ended before the shell was ready.</summary>
    /// <param name="connection">The host.</param>
    /// <param name="said">What the program printed to standard error.</param>
    /// <param name="printed">What came on standard output instead of our mark.</param>
    /// <param name="end">How it ended; ssh's own exit code is 255.</param>
    public static HostShellException BeforeStart(HostConnection connection, string said, string printed, CommandEnd end)
    {
        var host = connection.ToString();
        if (end.Lost is { } lost)
        {
            return Make(ErrorIds.SshConnectionLost, FaultCategory.Connection, $"The connection to {host} ended before anything began: {lost}.", "Try again.");
        }

        return Known(connection, said) ?? (end.ExitCode == OwnExitCode
            ? Make(ErrorIds.SshFailed, FaultCategory.Connection, $"ssh could not log in to {host}: {OneLine(said, printed)}",
                $"Try 'ssh {host}' by hand; what it says there is the reason.")
            : Make(ErrorIds.SshShellRefused, FaultCategory.PermissionDenied,
                $"The login to {host} worked, and no shell answered ({end}): {OneLine(said, printed)}",
                "Log in with a user who has a shell; restricted commands and /usr/sbin/nologin cannot be used."));

        HostShellException Make(string id, FaultCategory category, string message, string remedy) =>
            new(id, category, message + NothingRun, connection.HostName, remedy);
    }

    /// <summary>The error of a script that was sent, but whose end mark never came.</summary>
    /// <param name="connection">The host.</param>
    /// <param name="purpose">What the script was for.</param>
    /// <param name="said">What was printed to standard error.</param>
    /// <param name="end">How the shell ended. An unknown end, and ssh's own exit code, mean that the connection broke.</param>
    public static HostShellException AfterStart(HostConnection connection, string purpose, string said, CommandEnd end)
    {
        var isLost = end.Lost is not null || end.ExitCode is OwnExitCode;
        var what = isLost ? $"The connection to {connection} was lost" : $"{connection}: the shell was ended there ({end})";
        return new HostShellException(
            isLost ? ErrorIds.SshConnectionLost : ErrorIds.HostScriptKilled,
            isLost ? FaultCategory.Connection : FaultCategory.InvalidOperation,
            $"{what} while it did this: {purpose}. Whether it was done is not known{Because(said.Trim().Length > 0 ? said : end.Lost ?? "")}.",
            connection.HostName,
            "Look at the state with the matching Get- cmdlet before anything is repeated; what was armed on the host still holds.")
        {
            ScriptState = HostScriptState.Unknown,
        };
    }

    /// <summary>The error of a login that failed, by its id.</summary>
    /// <param name="id">One of the ids of the table below, or <see cref="ErrorIds.SshFailed"/>.</param>
    /// <param name="connection">The host.</param>
    /// <param name="said">What is known about the cause.</param>
    /// <param name="cause">The exception, or null.</param>
    public static HostShellException OfLogin(string id, HostConnection connection, string said, Exception? cause)
    {
        foreach (var row in Table)
        {
            if (row.Id != id) continue;
            return new HostShellException(id, row.Category, $"{connection}: {row.What} ({OneLine(said, "")}).{NothingRun}", connection.HostName, row.Remedy, cause);
        }

        var message = $"{connection}: the login failed: {OneLine(said, "")}.{NothingRun}";
        return new HostShellException(ErrorIds.SshFailed, FaultCategory.Connection, message, connection.HostName, "Try -SshTransport OpenSsh.", cause);
    }

    /// <summary>The error of a host that got the password and hung up: it refused the password, whatever else its words could mean.</summary>
    public static HostShellException AfterPassword(HostShellException fault) => fault.ErrorId == ErrorIds.SshBusy
        ? new HostShellException(
            ErrorIds.SshAuthenticationFailed,
            FaultCategory.Authentication,
            $"{fault.Message} It had been given the password, which is not given again.",
            fault.HostName,
            "Check the user and the password. After too many wrong ones a host may ban this machine or lock the account.",
            fault)
        : fault;

    /// <summary>The error of a connection through the host that could not be opened or broke, or null if ssh gave no reason.</summary>
    public static HostShellException Tunnel(HostConnection connection, string target, string said) =>
        Known(connection, said) ?? new HostShellException(
            ErrorIds.SshForwardFailed,
            FaultCategory.Connection,
            $"{connection} opened no connection to {target}{Because(said)}.",
            connection.HostName,
            said.Contains("prohibited", StringComparison.Ordinal)
                ? "Its sshd does not allow it: set AllowTcpForwarding to 'local' or 'yes' for this user."
                : $"Look on the host whether something listens at {target}.");

    // ssh's own exit code. Every other one is that of the command on the host.
    private const int OwnExitCode = 255;

    private const string NothingRun = " Nothing was run there.";

    private static HostShellException? Known(HostConnection connection, string said)
    {
        var host = connection.ToString();
        foreach (var (pattern, id, category, what, remedy) in Table)
        {
            if (!pattern.IsMatch(said)) continue;
            var message = $"{host}: {what} ({OneLine(pattern.Match(said).Value, "")}).{NothingRun}";
            return new HostShellException(id, category, message, connection.HostName, remedy);
        }

        return null;
    }

    private static string Because(string said) => said.Trim().Length == 0 ? "" : $" ({OneLine(said, "")})";

    private static string OneLine(string said, string printed)
    {
        var text = said.Trim().Length > 0 ? said : printed;
        var line = string.Join(" / ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
        return line.Length == 0 ? "it said nothing" : line.Length > 300 ? line[..300] + "…" : line;
    }

    // The order matters: a changed key also ends with the words for an unknown one. The patterns are OpenSSH's and sudo's own words
    // in the C locale, as of OpenSSH 7.4 to 10 and sudo 1.8 to 1.9.
    private static readonly (Regex Pattern, string Id, FaultCategory Category, string What, string Remedy)[] Table =
    [
        (HostKeyChanged(), ErrorIds.SshHostKeyChanged, FaultCategory.Security, "its host key is not the one in known_hosts",
            "Find out why: the host was reinstalled, or somebody is in between. Then remove the old key with 'ssh-keygen -R HOST'."),
        (HostKeyUnknown(), ErrorIds.SshHostKeyUnknown, FaultCategory.Security, "its host key is not in known_hosts",
            "Log in once with ssh and compare the fingerprint, or give -SshOption @{StrictHostKeyChecking='accept-new'}."),
        (Busy(), ErrorIds.SshBusy, FaultCategory.NotReady, "it hung up before the login",
            "Its sshd may have too many logins at once (MaxStartups) or have banned this machine; try again with a smaller -ThrottleLimit."),
        (Authentication(), ErrorIds.SshAuthenticationFailed, FaultCategory.Authentication, "it let none of our keys or passwords in",
            "Check -UserName and -KeyFilePath, or load the key into the agent (ssh-add). A key with a passphrase works by the agent only."),
        (Refused(), ErrorIds.SshRefused, FaultCategory.Connection, "nothing listens at its SSH port",
            "Check -HostName and -Port, and whether sshd runs there."),
        (TimedOut(), ErrorIds.SshTimeout, FaultCategory.Timeout, "it did not answer in time",
            "Check whether the host is up and no firewall stands before its SSH port."),
        (Unreachable(), ErrorIds.SshUnreachable, FaultCategory.Connection, "it cannot be reached",
            "Check the name, the DNS and the route to it."),
        (SudoTerminal(), ErrorIds.SudoTerminalRequired, FaultCategory.PermissionDenied, "its sudo wants a terminal",
            "Add 'Defaults:USER !requiretty' for this user to the host's sudoers."),
        (SudoRefused(), ErrorIds.SudoRefused, FaultCategory.PermissionDenied, "its sudo does not let this user do this",
            "Have the user allowed to run sh as root in the host's sudoers, or log in as root."),
        (SudoPassword(), ErrorIds.SudoPasswordRequired, FaultCategory.Authentication, "its sudo wants a password",
            "Give it with -SudoCredential, or allow the user NOPASSWD in the host's sudoers."),
        (NoSudo(), ErrorIds.HostCommandNotFound, FaultCategory.NotFound, "it has no sudo",
            "Log in as root without -Sudo, or install sudo there."),
    ];

    [GeneratedRegex("REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed")]
    private static partial Regex HostKeyChanged();

    [GeneratedRegex("No .* host key is known for .*|Host key verification failed")]
    private static partial Regex HostKeyUnknown();

    [GeneratedRegex("(kex|ssh)_exchange_identification: .*|banner exchange: .*(reset|closed).*|Connection (reset|closed) by .* port .*|Not allowed at this time")]
    private static partial Regex Busy();

    [GeneratedRegex(@"Permission denied \(.*\)|Permission denied, please try again|Too many authentication failures|No supported authentication methods")]
    private static partial Regex Authentication();

    [GeneratedRegex("connect to host .*: Connection refused|connect to address .*: Connection refused")]
    private static partial Regex Refused();

    [GeneratedRegex("connect to host .*: (Connection|Operation) timed out|Connection timed out during banner exchange|Timeout, server .* not responding")]
    private static partial Regex TimedOut();

    [GeneratedRegex("Could not resolve hostname .*|connect to host .*: (No route to host|Network is unreachable|Host is down).*")]
    private static partial Regex Unreachable();

    [GeneratedRegex("sudo: .*(must have a tty|no tty present|terminal is required).*")]
    private static partial Regex SudoTerminal();

    [GeneratedRegex("is not in the sudoers file.*|is not allowed to (execute|run) .*|may not run sudo.*|sudo: .*permission denied.*")]
    private static partial Regex SudoRefused();

    [GeneratedRegex("sudo: a password is required|sudo: .*interactive authentication is required.*")]
    private static partial Regex SudoPassword();

    [GeneratedRegex("sudo.*: (No such file or directory|command not found|not found)")]
    private static partial Regex NoSudo();
}
