namespace ClusterHeal.Hosts;

/// <summary>By what a host is reached, and why: what was given decides, and what the user's ssh_config says.</summary>
/// <param name="Transport">The transport.</param>
/// <param name="Reason">Why, in words that fit behind a colon.</param>
/// <param name="Program">The ssh program, if there is one.</param>
/// <param name="Config">What ssh_config says about the host, if ssh was asked.</param>
internal sealed record SshTransportChoice(SshTransport Transport, string Reason, string? Program = null, SshConfig? Config = null)
{
    /// <summary>Chooses. What the user named is taken, or is an error if it cannot do what else was given.</summary>
    /// <exception cref="HostShellException">The transport that was named cannot do it, or a value cannot be what it should be.</exception>
    public static async Task<SshTransportChoice> MakeAsync(HostConnection connection, CancellationToken cancellationToken)
    {
        SshArguments.Check(connection);
        KeyFile.Check(connection);
        var program = SshProgram.FindOrNull(Environment.GetEnvironmentVariable("PATH"));
        if (connection.SshTransport == SshTransport.OpenSsh)
        {
            if (NeedsSshNet(connection) is { } need) throw Unfit(connection, SshTransport.OpenSsh, need);
            return new(SshTransport.OpenSsh, "it was named", program ?? throw SshProgram.Missing());
        }

        var option = connection.SshOption.Keys.FirstOrDefault(name => !SshNetLogin.FollowedOptions.Contains(name));
        var needsSsh = option is null ? null : $"only ssh follows -SshOption {option}";
        if (needsSsh is not null && connection.SshTransport is null) return new(SshTransport.OpenSsh, needsSsh, program ?? throw SshProgram.Missing());
        if (program is null && needsSsh is null)
        {
            return new(SshTransport.SshNet, connection.SshTransport is null ? "there is no ssh program on the PATH" : "it was named");
        }

        if (connection.SshTransport is null && NeedsSshNet(connection) is null)
            return new(SshTransport.OpenSsh, "there is an ssh program, and nothing that was given needs the other", program);

        SshConfig? config = null;
        if (needsSsh is null)
        {
            var asked = await Task.WhenAll(
                SshConfig.AskAsync(program!, connection, withFiles: true, cancellationToken),
                SshConfig.AskAsync(program!, connection, withFiles: false, cancellationToken)).ConfigureAwait(false);
            config = asked[0];
            needsSsh = asked is [{ } told, { } plain]
                ? told.BeyondSshNet(plain) is { } setting ? $"only ssh follows {setting} of ssh_config" : null
                : "ssh cannot read its own configuration";
        }

        if (connection.SshTransport == SshTransport.SshNet)
        {
            return needsSsh is null ? new(SshTransport.SshNet, "it was named", program, config) : throw Unfit(connection, SshTransport.SshNet, needsSsh);
        }

        if (needsSsh is not null) return new(SshTransport.OpenSsh, needsSsh, program);
        return new(SshTransport.SshNet, NeedsSshNet(connection)!, program, config);
    }

    private static string? NeedsSshNet(HostConnection connection) =>
        connection.KeyPassphrase is not null ? "a passphrase is given"
        : connection.LoginPassword is not null && OperatingSystem.IsWindows() ? "the ssh of Windows takes no password from a program"
        : null;

    private static HostShellException Unfit(HostConnection connection, SshTransport transport, string why) => new(
        ErrorIds.SshTransportUnfit,
        FaultCategory.InvalidArgument,
        $"{connection} cannot be reached by {transport}: {why}. Nothing was run there.",
        connection.HostName,
        $"Use -SshTransport {(transport == SshTransport.SshNet ? SshTransport.OpenSsh : SshTransport.SshNet)}, or leave that out.");
}
