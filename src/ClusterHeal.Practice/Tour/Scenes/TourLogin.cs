using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>How the tour's user logs in to practice hosts: as root, with their key and host keys in the tour's folder.</summary>
internal static class TourLogin
{
    private const string Key = "id_practice";
    private const string KnownHosts = "known_hosts";

    /// <summary>Lays the keys into the folder.</summary>
    public static void LayKeys(TourStage stage, PracticeHosts hosts)
    {
        File.Copy(hosts.KeyFile, stage.File(Key));
        File.Copy(hosts.KnownHostsFile, stage.File(KnownHosts));
    }

    /// <summary>Opens the way to hosts.</summary>
    public static HostShells Shells { get; } = new(_ => { });

    /// <summary>Shows how the user sets <c>$login</c>.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="options">Options of ssh besides that of the host keys.</param>
    public static void Say(TourStage stage, IReadOnlyDictionary<string, string> options)
    {
        var more = string.Concat(options.Select(option => $"; {option.Key} = '{option.Value}'"));
        stage.Run(
            $"$login = @{{ UserName = 'root'; KeyFilePath = '{Key}'; SshOption = @{{ UserKnownHostsFile = \"$PWD/{KnownHosts}\"{more} }} }}",
            () => { });
    }

    /// <summary>The login to a host.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="host">The host.</param>
    /// <param name="options">Options of ssh besides that of the host keys.</param>
    public static HostConnection To(TourStage stage, PracticeHost host, IReadOnlyDictionary<string, string> options) => new()
    {
        HostName = host.Address,
        UserName = "root",
        KeyFilePath = stage.File(Key),
        SshOption = new Dictionary<string, string>(options) { ["UserKnownHostsFile"] = stage.File(KnownHosts) },
    };
}
