using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The member of etcd that is set up on a host, whether it runs or not.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PeerUrls">The URLs for it in the cluster's list.</param>
/// <param name="HasLog">Whether it has a write-ahead log, without which it knows nothing about its cluster; null if that cannot be seen.</param>
/// <param name="Unmounted">A filesystem on the path to its data that should be mounted and is not; null if there is none.</param>
internal sealed record EtcdOnHost(string Name, IReadOnlyList<string> PeerUrls, bool? HasLog, string? Unmounted)
{
    private const string LookForLog = """
        if [ -d "$1" ] && ls -- "$1" > /dev/null 2>&1; then
          ls -- "$1" | grep -q '\.wal$' && echo 'log yes' || echo 'log no'
        elif [ ! -d "$1" ] && [ "$(id -u)" = 0 ]; then
          echo 'log no'
        else
          echo 'log unseen'
        fi
        sed -n 's/^[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]][[:space:]]*\(\/[^[:space:]][^[:space:]]*\).*/\1/p' /etc/fstab 2>/dev/null | while IFS= read -r point; do
          case $1/ in "${point%/}"/*) mountpoint -q -- "$point" || printf 'unmounted %s\n' "$point" ;; esac
        done
        """;

    /// <summary>Examines a host.</summary>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<EtcdOnHost> LookAsync(IHostShell shell, EtcdConfiguration configuration, CancellationToken cancellationToken)
    {
        var script = new HostScript(LookForLog, configuration.WalDirectory ?? $"{configuration.DataDirectory.TrimEnd('/')}/member/wal")
        {
            Purpose = "look for the log of etcd",
        };
        var lines = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new EtcdOnHost(
            configuration.Name,
            configuration.InitialAdvertisePeerUrls,
            lines.Contains("log yes") ? true : lines.Contains("log no") ? false : null,
            lines.FirstOrDefault(line => line.StartsWith("unmounted ", StringComparison.Ordinal))?["unmounted ".Length..]);
    }

    /// <summary>True if the cluster lists this member.</summary>
    public bool Is(EtcdMember member) => PeerUrls.Any(url => member.PeerUrls.Any(listed => listed.TrimEnd('/') == url.TrimEnd('/')));
}
