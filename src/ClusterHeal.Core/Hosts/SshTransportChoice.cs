namespace ClusterHeal.Hosts;

/// <summary>How a host is reached, and why. The user's parameters decide, and what ssh_config says.</summary>
/// <param name="Transport">The transport.</param>
/// <param name="Reason">Why, in words that fit after a colon.</param>
/// <param name="Program">The ssh program, if there is one.</param>
/// <param name="Config">What ssh_config says about the host, if ssh was asked.</param>
internal sealed record SshTransportChoice(SshTransport Transport, string Reason, string? Program = null, SshConfig? Config = null)
{
    /// <summary>Chooses. A transport that the user named is used, or is an error if it cannot do what else was given.</summary>
    /// <exception cref="HostShellException">
    /// The named transport, or neither of the two, can do all that was given; or a value is not valid.
    /// </exception>
    public static async Task<SshTransportChoice> MakeAsync(HostConnection connection, CancellationToken cancellationToken)
    {
        SshArguments.Check(connection);
        KeyFile.Check(connection);
        var program = SshProgram.FindOrNull(Environment.GetEnvironmentVariable("PATH"));
        var named = connection.SshTransport;
        var needsSshNet = NeedsSshNet(connection);
        if (named == SshTransport.OpenSsh)
        {
            return needsSshNet is null
                ? new(SshTransport.OpenSsh, "it was named", program ?? throw SshProgram.Missing())
                : throw Unfit(connection, SshTransport.OpenSsh, needsSshNet, $"Use -SshTransport {SshTransport.SshNet}, or leave that out.");
        }

        var (needsSsh, config) = await NeedsSshAsync(connection, program, cancellationToken).ConfigureAwait(false);
        if (needsSsh is null)
        {
            var reason = named is not null ? "it was named" : program is null ? "there is no ssh program on the PATH" : needsSshNet ?? SuitsSshNet(connection);
            if (reason is not null) return new(SshTransport.SshNet, reason, program, config);
            return new(SshTransport.OpenSsh, connection.KeyFilePath is null ? "ssh knows the agent and the usual keys" : "only ssh can use this key", program);
        }

        if (needsSshNet is not null)
        {
            throw Unfit(
                connection,
                SshTransport.SshNet,
                $"{needsSsh}, but {needsSshNet}",
                "Load the key into the agent (ssh-add), and leave the passphrase and the password out.");
        }

        return named is null
            ? new(SshTransport.OpenSsh, needsSsh, program ?? throw SshProgram.Missing())
            : throw Unfit(connection, SshTransport.SshNet, needsSsh, $"Use -SshTransport {SshTransport.OpenSsh}, or leave that out.");
    }

    /// <summary>The shell with this transport.</summary>
    /// <param name="connection">The host and how to log in.</param>
    /// <param name="forOneScript">True if no connection is kept for more than one script.</param>
    /// <param name="time">The clock.</param>
    public IHostShell Open(HostConnection connection, bool forOneScript, TimeProvider time) => Transport switch
    {
        SshTransport.OpenSsh => new OpenSshShell(connection, Program!, !forOneScript, time),
        _ => new SshNetShell(connection, SshNetLogin.From(connection, Config), time),
    };

    // Why only ssh can reach the host, or null; and what ssh_config says, if ssh was asked.
    private static async Task<(string? Why, SshConfig? Config)> NeedsSshAsync(
        HostConnection connection, string? program, CancellationToken cancellationToken)
    {
        if (connection.SshOption.Keys.FirstOrDefault(name => !SshNetLogin.FollowedOptions.Contains(name)) is { } option)
        {
            return ($"only ssh follows -SshOption {option}", null);
        }

        if (connection.SshConfigFile is { } file && !File.Exists(file)) throw NoConfigFile(connection, file);
        if (program is null) return connection.SshConfigFile is null ? (null, null) : throw SshProgram.Missing();
        var asked = await Task.WhenAll(
            SshConfig.AskAsync(program, connection, withFiles: true, cancellationToken),
            SshConfig.AskAsync(program, connection, withFiles: false, cancellationToken)).ConfigureAwait(false);
        if (asked is not [{ } told, { } plain]) return ("ssh cannot read its own configuration", null);
        return (told.BeyondSshNet(plain) is { } setting ? $"only ssh follows {setting} of ssh_config" : null, told);
    }

    private static HostShellException NoConfigFile(HostConnection connection, string file) => new(
        ErrorIds.PathNotFound,
        FaultCategory.NotFound,
        $"There is no '{file}' to read the settings of ssh from. Nothing was run on {connection.HostName}.",
        connection.HostName,
        "Name the file with -SshConfigFile, or leave that out for ~/.ssh/config.");

    private static string? NeedsSshNet(HostConnection connection) =>
        connection.KeyPassphrase is not null ? "only SSH.NET takes a passphrase"
        : connection.LoginPassword is not null && OperatingSystem.IsWindows() ? "the ssh of Windows takes no password from a program"
        : null;

    private static string? SuitsSshNet(HostConnection connection) =>
        connection.KeyFilePath is { } file ? KeyFile.IsReadHere(file) ? "a key file is given" : null
        : connection.LoginPassword is not null ? "a password is given"
        : null;

    private static HostShellException Unfit(HostConnection connection, SshTransport transport, string why, string remedy) => new(
        ErrorIds.SshTransportUnfit,
        FaultCategory.InvalidArgument,
        $"{connection} cannot be reached by {transport}: {why}. Nothing was run there.",
        connection.HostName,
        remedy);
}
