using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>Three practice hosts with an etcd member each, as units, and how the tour's user logs in to them.</summary>
internal sealed class ThreeHosts : IAsyncDisposable
{
    private static readonly string[] Names = ["kubem00", "kubem01", "kubem02"];

    private ThreeHosts(PracticeEtcd etcd, PracticeHosts hosts, IReadOnlyList<HostConnection> logins) =>
        (Etcd, Hosts, Logins) = (etcd, hosts, logins);

    public PracticeEtcd Etcd { get; }

    public PracticeHosts Hosts { get; }

    /// <summary>The logins, in the order of <c>$hosts</c>.</summary>
    public IReadOnlyList<HostConnection> Logins { get; }

    public PracticeHost this[int index] => Hosts.Hosts[index];

    /// <summary>Boots them, and shows how the user sets <c>$login</c> and <c>$hosts</c>.</summary>
    /// <param name="stage">The stage, in whose folder the keys are laid.</param>
    /// <param name="patience">Options of ssh besides that of the keys.</param>
    /// <param name="cancellationToken">Ends it; nothing is left.</param>
    public static async Task<ThreeHosts> StartAsync(
        TourStage stage, IReadOnlyDictionary<string, string> patience, CancellationToken cancellationToken)
    {
        var etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken));
        var hosts = await PracticeHosts.StartAsync(Names, cancellationToken, etcd.Install, sharedFiles: etcd.SharedFiles);
        var three = new ThreeHosts(etcd, hosts, [.. hosts.Hosts.Select(host => TourLogin.To(stage, host, patience))]);
        try
        {
            await etcd.WaitUntilHealthyAsync(cancellationToken);
            TourLogin.LayKeys(stage, hosts);
            TourLogin.Say(stage, patience);
            stage.Run($"$hosts = '{string.Join("', '", three.Logins.Select(login => login.HostName))}'", () => { });
            return three;
        }
        catch
        {
            await three.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the hosts.</summary>
    public async ValueTask DisposeAsync()
    {
        await Hosts.DisposeAsync();
        Etcd.Dispose();
    }
}
