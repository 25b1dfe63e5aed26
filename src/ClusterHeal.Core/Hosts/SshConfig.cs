using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>What ssh would do for a host: the answer of <c>ssh -G</c>, or, without an ssh, what it does without configuration.</summary>
internal sealed class SshConfig
{
    // What SSH.NET does here by itself, or in the way that the user configured for ssh.
    private static readonly HashSet<string> Followed =
    [
        .. SshNetLogin.FollowedOptions.Select(option => option.ToLowerInvariant()), "stricthostkeychecking",
    ];

    // What makes no difference to a login by key or password and to scripts.
    private static readonly HashSet<string> Harmless =
    [
        "host", "addkeystoagent", "batchmode", "clearallforwardings", "compression", "controlmaster", "controlpath", "controlpersist",
        "dynamicforward", "enableescapecommandline", "escapechar", "exitonforwardfailure", "fingerprinthash", "forwardagent", "forwardx11",
        "forwardx11timeout", "forwardx11trusted", "gatewayports", "gssapiauthentication", "gssapidelegatecredentials", "gssapikexalgorithms",
        "gssapikeyexchange", "gssapirenewalforcesrekey", "gssapitrustdns", "hashknownhosts", "identitiesonly", "localcommand", "localforward",
        "loglevel", "logverbose", "numberofpasswordprompts", "permitlocalcommand", "permitremoteopen", "remotecommand", "remoteforward", "requesttty",
        "sendenv", "sessiontype", "stdinnull", "streamlocalbindmask", "streamlocalbindunlink", "syslogfacility", "tag", "tcpkeepalive",
        "updatehostkeys", "visualhostkey", "xauthlocation",
    ];

    private readonly ILookup<string, string> _values;

    /// <summary>The files with the keys of hosts that the user knows, unless others are set.</summary>
    public static string[] UserKnownHosts
    {
        get
        {
            var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
            return [Path.Combine(folder, "known_hosts"), Path.Combine(folder, "known_hosts2")];
        }
    }

    /// <summary>The files with the keys of hosts that this machine knows, unless others are set.</summary>
    public static string[] SystemKnownHosts
    {
        get
        {
            var folder = OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh") : "/etc/ssh";
            return [Path.Combine(folder, "ssh_known_hosts"), Path.Combine(folder, "ssh_known_hosts2")];
        }
    }

    private SshConfig(IEnumerable<(string Name, string Value)> values) => _values = values.ToLookup(pair => pair.Name, pair => pair.Value);

    /// <summary>The first value of a setting by its name in lower case, or null.</summary>
    public string? this[string name] => _values[name].FirstOrDefault();

    /// <summary>Asks ssh about a host; starts no connection.</summary>
    /// <param name="ssh">The program.</param>
    /// <param name="connection">The host, and what the user gave.</param>
    /// <param name="withFiles">False for what ssh would do without any of its configuration files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The settings; null if ssh does not answer because of an error in a file.</returns>
    public static async Task<SshConfig?> AskAsync(string ssh, HostConnection connection, bool withFiles, CancellationToken cancellationToken)
    {
        var asked = withFiles ? connection : connection with { SshConfigFile = "none" };
        var start = ProgramStart.Piped(ssh, ["-G", .. SshArguments.For(asked, null), "--", connection.HostName]);
        var program = new ProcessChannel(start);
        await using (program.ConfigureAwait(false))
        {
            program.Input.Close();
            using var output = new StreamReader(program.Output);
            var errors = new ErrorStream(program.Errors);
            var text = await output.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(program.Ended, errors.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
            return program.End.ExitCode == 0 ? Parse(text) : null;
        }
    }

    /// <summary>What ssh does without a configuration.</summary>
    public static SshConfig Usual(HostConnection connection)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        List<(string, string)> values = [.. connection.SshOption.Select(option => (option.Key.ToLowerInvariant(), option.Value))];
        if (connection.Port is { } port) values.Insert(0, ("port", $"{port}"));
        if (connection.UserName is { } user) values.Insert(0, ("user", SshArguments.LoginName(user)));
        foreach (var key in new[] { "id_rsa", "id_ecdsa", "id_ed25519" }) values.Add(("identityfile", Path.Combine(home, ".ssh", key)));
        AddUnlessSet("userknownhostsfile", UserKnownHosts);
        AddUnlessSet("globalknownhostsfile", SystemKnownHosts);
        return new SshConfig(values);

        void AddUnlessSet(string name, params string[] files)
        {
            if (values.All(pair => pair.Item1 != name)) values.Add((name, string.Join(' ', files)));
        }
    }

    /// <summary>Reads the answer of <c>ssh -G</c>: a line for each setting.</summary>
    public static SshConfig Parse(string text) => new(
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .Where(words => words.Length == 2)
            .Select(words => (words[0].ToLowerInvariant(), words[1])));

    /// <summary>The paths of a setting that names files, with the home folder put in.</summary>
    /// <param name="name">The setting in lower case.</param>
    public IEnumerable<string> Files(string name) => _values[name].SelectMany(PathList.Split).Where(path => path != "none");

    /// <summary>
    /// A setting from the user's or the system's files that only ssh follows; null if there is none. A jump host, a certificate, allowed ciphers: a
    /// login without it would not be the one that was set up.
    /// </summary>
    /// <param name="plain">What ssh would do without its files.</param>
    public string? BeyondSshNet(SshConfig plain) =>
        _values.FirstOrDefault(setting =>
            !Followed.Contains(setting.Key) && !Harmless.Contains(setting.Key) && !setting.SequenceEqual(plain._values[setting.Key]))?.Key;
}
