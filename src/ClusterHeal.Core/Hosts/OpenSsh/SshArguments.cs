using System.Globalization;

namespace ClusterHeal.Hosts;

/// <summary>The arguments of <c>ssh</c>. Each is one argument of the process; no shell of this machine sees them.</summary>
internal static class SshArguments
{
    // If an option is given several times, ssh takes the first value. What must hold is placed before the user's own options; what is only a better
    // default than ssh's is placed after them.
    private static readonly string[] Fixed =
    [
        "LogLevel=ERROR", "ControlPersist=no", "RemoteCommand=none", "RequestTTY=no", "ClearAllForwardings=yes",
        "PermitLocalCommand=no", "ForwardAgent=no", "ForwardX11=no", "EscapeChar=none",
    ];

    private static readonly string[] Defaults =
    [
        "StrictHostKeyChecking=yes", "ServerAliveInterval=10", "ServerAliveCountMax=3",
    ];

    /// <summary>Everything up to the host name.</summary>
    /// <param name="connection">The host and how to log in.</param>
    /// <param name="controlPath">The socket of the connection to share, or null for a connection of its own.</param>
    /// <param name="isMaster">True for the process that makes the shared connection.</param>
    /// <exception cref="HostShellException">A value is not valid.</exception>
    public static List<string> For(HostConnection connection, string? controlPath, bool isMaster = false)
    {
        Check(connection);
        List<string> arguments = ["-T", "-x", "-a"];
        if (connection.SshConfigFile is { } file) arguments.AddRange(["-F", file]);
        foreach (var option in Fixed) Add(option);
        // The shared connection gets the password. A session that has to log in itself must not ask on the terminal.
        Add(connection.LoginPassword is not null && isMaster ? "NumberOfPasswordPrompts=1" : "BatchMode=yes");
        Add(isMaster ? "ControlMaster=yes" : "ControlMaster=no");
        Add("ControlPath=" + (controlPath ?? "none"));
        if (connection.KeyFilePath is not null)
        {
            arguments.AddRange(["-i", connection.KeyFilePath]);
            Add("IdentitiesOnly=yes");
        }

        if (connection.Port is { } port) arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (connection.UserName is { } user) arguments.AddRange(["-l", LoginName(user)]);
        foreach (var (name, value) in connection.SshOption) Add($"{name}={value}");
        foreach (var option in Defaults) Add(option);
        Add("ConnectTimeout=" + Math.Max(1, (int)connection.ConnectTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return arguments;

        void Add(string option) => arguments.AddRange(["-o", option]);
    }

    /// <summary>The arguments that run a command on the host.</summary>
    public static List<string> ForCommand(HostConnection connection, string? controlPath, string command, bool isMaster = false) =>
        [.. For(connection, controlPath, isMaster), "--", connection.HostName, command];

    /// <summary>The arguments that turn the process's input and output into a TCP connection from the host.</summary>
    public static List<string> ForTunnel(HostConnection connection, string? controlPath, string host, int port)
    {
        var address = host.Contains(':') ? $"[{host}]" : host;
        return [.. For(connection, controlPath), "-W", string.Create(CultureInfo.InvariantCulture, $"{address}:{port}"), "--", connection.HostName];
    }

    /// <summary><c>DOMAIN\user</c> as ssh wants it.</summary>
    internal static string LoginName(string user) => user.Split('\\') is [var domain, var name] ? $"{name}@{domain}" : user;

    // ssh itself starts no shell with these. But a ProxyCommand or a Match exec line of the user's ssh_config does, with %h and %r put in unquoted.
    // So only letters, digits and the few signs in names and addresses are allowed.
    public static void Check(HostConnection connection)
    {
        CheckName("host name", connection.HostName, ".-_:%[]");
        if (connection.UserName is not null) CheckName("user name", connection.UserName, @".-_@+\$");
        foreach (var (name, value) in connection.SshOption)
        {
            if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit) || value.Any(char.IsControl)) throw Invalid("ssh option", $"{name}={value}");
        }

        void CheckName(string what, string value, string signs)
        {
            var fine = value.Length is > 0 and <= 255 && value[0] != '-' && value.All(c => char.IsLetterOrDigit(c) || signs.Contains(c));
            if (!fine || value.IndexOf('$') is var dollar && dollar >= 0 && dollar < value.Length - 1) throw Invalid(what, value);
        }

        HostShellException Invalid(string what, string value) => new(
            ErrorIds.HostNameInvalid,
            FaultCategory.InvalidArgument,
            $"'{value}' is no {what}. Nothing was run.",
            connection.HostName,
            "Give the name, the address, or the alias of your ssh_config, without a user, a port or anything else in it.");
    }
}
