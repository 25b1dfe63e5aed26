using System.Globalization;

namespace ClusterHeal.Hosts;

/// <summary>Where to log in and with what: what the user gave; for the rest what <c>ssh_config</c> says, if there is an ssh to ask.</summary>
internal sealed record SshNetLogin
{
    /// <summary>The options of ssh that are supported here. Any other one needs ssh itself.</summary>
    public static readonly IReadOnlySet<string> FollowedOptions = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "HostName", "Port", "User", "HostKeyAlias", "IdentityFile", "UserKnownHostsFile", "GlobalKnownHostsFile",
        "ConnectTimeout", "ServerAliveInterval", "ServerAliveCountMax",
    };

    public required string Address { get; init; }

    public required int Port { get; init; }

    public required string UserName { get; init; }

    /// <summary>The name for which its keys are known.</summary>
    public required string KnownAs { get; init; }

    /// <summary>The key files to offer, in order. One that the user named must exist. Of the default ones, those that exist.</summary>
    public required IReadOnlyList<string> KeyFiles { get; init; }

    public required IReadOnlyList<string> KnownHostsFiles { get; init; }

    /// <summary>How long the connection may take to be made.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>How often an idle host is asked whether it is there; zero for never.</summary>
    public required TimeSpan AliveInterval { get; init; }

    /// <summary>How many of these questions may stay unanswered.</summary>
    public required int AliveCount { get; init; }

    /// <summary>Joins what the user gave with what ssh says.</summary>
    /// <param name="connection">What the user gave.</param>
    /// <param name="config">What <c>ssh -G</c> says, with the user's values put in; null without an ssh.</param>
    public static SshNetLogin From(HostConnection connection, SshConfig? config)
    {
        config ??= SshConfig.Usual(connection);
        var address = config["hostname"] ?? connection.HostName;
        return new SshNetLogin
        {
            Address = address,
            Port = Number("port", 22),
            UserName = config["user"] ?? Environment.UserName,
            KnownAs = config["hostkeyalias"] ?? address,
            KeyFiles = connection.KeyFilePath is { } named ? [named] : connection.LoginPassword is null ? [.. config.Files("identityfile").Where(File.Exists)] : [],
            KnownHostsFiles = [.. config.Files("userknownhostsfile"), .. config.Files("globalknownhostsfile")],
            ConnectTimeout = config["connecttimeout"] is "none" or null ? connection.ConnectTimeout : TimeSpan.FromSeconds(Number("connecttimeout", 15)),
            AliveInterval = TimeSpan.FromSeconds(Number("serveraliveinterval", 10)),
            AliveCount = Number("serveralivecountmax", 3),
        };

        int Number(string name, int otherwise) =>
            int.TryParse(config[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
    }
}
