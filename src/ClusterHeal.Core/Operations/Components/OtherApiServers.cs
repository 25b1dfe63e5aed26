using System.Net;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The API servers of a cluster besides the one of a host: which are known, and which answer.</summary>
/// <param name="Answering">A live one, or null.</param>
/// <param name="Silent">Those that were asked and gave no answer.</param>
/// <param name="IsAlone">True if etcd knows this server and no other.</param>
/// <param name="Reason">Why others may be unknown; null if etcd and the hosts could be asked.</param>
internal sealed record OtherApiServers(string? Answering, IReadOnlyList<string> Silent, bool IsAlone, string? Reason)
{
    /// <summary>Asks those that etcd knows, at their addresses and from the host, and then those of the other hosts, on these hosts.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="server">Its API server.</param>
    /// <param name="hosts">The other hosts of the control plane, as far as they are known.</param>
    /// <param name="openShell">Opens the connections to these.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OtherApiServers> AskAsync(
        IHostShell shell,
        ComponentStatus server,
        IReadOnlyList<HostConnection> hosts,
        Func<HostConnection, IHostShell> openShell,
        CancellationToken cancellationToken)
    {
        var registered = await RegisteredApiServers.AskAsync(shell, server, cancellationToken).ConfigureAwait(false);
        var own = await OwnAddressesAsync(shell, server, cancellationToken).ConfigureAwait(false);
        var addresses = registered.Addresses.Concat(registered.MemberHosts).Where(address => !own.Contains(Normal(address)) && !IsLoopback(address))
            .DistinctBy(Normal).ToArray();
        var probe = new ApiServerProbe(shell, server);
        foreach (var address in addresses)
        {
            if (await probe.AnotherIsLiveAsync(address, cancellationToken).ConfigureAwait(false)) return new OtherApiServers(address, [], false, null);
        }

        List<string> silent = [.. addresses];
        var reason = registered.Reason;
        var here = hosts.Count > 0 ? await HostIdentity.AskAsync(shell, cancellationToken).ConfigureAwait(false) : null;
        foreach (var host in hosts)
        {
            try
            {
                if (await IsLiveAsync(host, here, openShell, cancellationToken).ConfigureAwait(false) is not { } isLive) continue;
                if (isLive) return new OtherApiServers(host.HostName, [], false, null);
                silent.Add(host.HostName);
            }
            catch (ClusterHealException e)
            {
                reason ??= e.Message;
            }
        }

        var isAlone = registered.Addresses.Count > 0 && registered.Addresses.All(address => own.Contains(Normal(address)));
        return new OtherApiServers(null, silent, isAlone, reason);
    }

    /// <summary>Whether the API server of another host lives; null if it has none, or if it is the same host.</summary>
    private static async Task<bool?> IsLiveAsync(
        HostConnection host, HostIdentity? here, Func<HostConnection, IHostShell> openShell, CancellationToken cancellationToken)
    {
        var shell = openShell(host);
        await using (shell.ConfigureAwait(false))
        {
            // An alias or another address of the host leads to the same server that will be stopped.
            if (await HostIdentity.AskAsync(shell, cancellationToken).ConfigureAwait(false) == here) return null;
            var status = await ComponentFinder.FindAsync(shell, ClusterComponent.ApiServer, cancellationToken).ConfigureAwait(false);
            if (status.State == ComponentState.NotFound) return null;
            return status.State == ComponentState.Running && await new ApiServerProbe(shell, status).IsLiveAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // What answers at an address of the host itself, or at the one that its server advertises, is the server that will be stopped.
    private static async Task<HashSet<string>> OwnAddressesAsync(IHostShell shell, ComponentStatus server, CancellationToken cancellationToken)
    {
        var script = new HostScript("hostname -I; uname -n") { Purpose = "ask for the addresses of the host" };
        var answer = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        string?[] flags = [server.Flag("--advertise-address"), server.Flag("--bind-address")];
        return [.. answer.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Concat(flags.OfType<string>()).Select(Normal)];
    }

    private static bool IsLoopback(string address) =>
        address == "localhost" || (IPAddress.TryParse(address, out var parsed) && IPAddress.IsLoopback(parsed));

    // An IPv6 address has many spellings.
    private static string Normal(string address) => IPAddress.TryParse(address, out var parsed) ? parsed.ToString() : address;
}
