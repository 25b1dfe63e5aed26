using System.Globalization;
using ClusterHeal.Common;

namespace ClusterHeal.Operations.Drills;

/// <summary>How long things take in a cluster, from the real flags of its components. If a flag is not given, the component's own default holds.</summary>
/// <remarks>
/// client-go, tools/leaderelection: a candidate looks at the lease each retry period, with up to 1.2 times that period of jitter added, and takes it
/// when it was unchanged for the lease's duration. kubernetes, pkg/controller/nodelifecycle: a node's lease and status are checked each monitor
/// period; the node is unknown when they were unchanged for the grace period. The kubelet renews the lease each quarter of its duration. The lease of
/// an API server lasts 15 s; it is renewed, and the endpoints with it, each 10 s (pkg/controlplane/reconcilers). client-go, tools/cache/reflector: a
/// list or watch that fails is tried again after 0.8 s, then each time after twice as long, up to 30 s, with jitter of up to the same again.
/// </remarks>
/// <param name="components">The components of the control-plane hosts.</param>
internal sealed class ClusterTimes(IReadOnlyList<ComponentStatus> components)
{
    private const double LongestRetry = 2.2;
    private static readonly TimeSpan OldGracePeriod = TimeSpan.FromSeconds(40);

    /// <summary>Until a standby component takes the lease.</summary>
    public ExpectedTime Takeover(ClusterComponent component) => Election(component, retries: 2);

    /// <summary>Until a component that was just started works: until it takes the lease, which may be its own former one.</summary>
    public ExpectedTime Return(ClusterComponent component) => Election(component, retries: 1);

    /// <summary>Until a node with a silent kubelet is unknown.</summary>
    /// <param name="nodeLease">The duration of the node's lease.</param>
    public ExpectedTime NodeUnknown(TimeSpan nodeLease)
    {
        var given = Flag(ClusterComponent.ControllerManager, "--node-monitor-grace-period");
        var period = Flag(ClusterComponent.ControllerManager, "--node-monitor-period") ?? TimeSpan.FromSeconds(5);
        // 40 s was the default before 1.32, 50 s is since.
        var (shortest, longest) = (given ?? OldGracePeriod, given ?? TimeSpan.FromSeconds(50));
        var renewal = nodeLease / 4;
        var grace = given is null ? $"{ExpectedTime.Text(shortest)} or {ExpectedTime.Text(longest)} by version" : ExpectedTime.Text(longest);
        return new ExpectedTime(
            Positive(shortest - renewal),
            longest + period,
            $"grace period {grace}, less up to one heartbeat {ExpectedTime.Text(renewal)}, and monitor period {ExpectedTime.Text(period)}");
    }

    /// <summary>How long pods tolerate a node that is unreachable.</summary>
    public ExpectedTime Toleration
    {
        get
        {
            var seconds = TimeSpan.FromSeconds(Number(ClusterComponent.ApiServer, "--default-unreachable-toleration-seconds") ?? 300);
            return new ExpectedTime(seconds, seconds, $"toleration {ExpectedTime.Text(seconds)}");
        }
    }

    /// <summary>Until a lost API server is no longer an endpoint of the service <c>kubernetes</c>.</summary>
    public static ExpectedTime EndpointGone { get; } =
        ExpectedTime.Within(TimeSpan.FromSeconds(25), "lease of an API server 15 s, looked at each 10 s");

    /// <summary>Until a component watches again after a time without an API server.</summary>
    public static ExpectedTime WatchesAgain { get; } = ExpectedTime.Within(TimeSpan.FromSeconds(60), "next try of a watch that failed 60 s");

    /// <summary>Until an API server that answers on its port is ready: its caches are filled and its start is done.</summary>
    public static ExpectedTime ServerReady { get; } = ExpectedTime.Within(TimeSpan.FromSeconds(20), "start of an API server, 20 s");

    /// <summary>Until etcd has a new leader, an election or two later.</summary>
    public ExpectedTime NewLeader
    {
        get
        {
            var timeout = TimeSpan.FromMilliseconds(Number(ClusterComponent.Etcd, "--election-timeout") ?? 1000);
            return ExpectedTime.Within(4 * timeout, $"two elections of up to twice the election timeout {ExpectedTime.Text(timeout)}");
        }
    }

    private ExpectedTime Election(ClusterComponent component, int retries)
    {
        var lease = Flag(component, "--leader-elect-lease-duration") ?? TimeSpan.FromSeconds(15);
        var retry = Flag(component, "--leader-elect-retry-period") ?? TimeSpan.FromSeconds(2);
        return ExpectedTime.Within(
            lease + (retries * LongestRetry * retry),
            string.Create(CultureInfo.InvariantCulture, $"lease {ExpectedTime.Text(lease)} + {retries} × {LongestRetry} × retry {ExpectedTime.Text(retry)}"));
    }

    private TimeSpan? Flag(ClusterComponent component, string name) => GoDuration.Parse(Text(component, name));

    private int? Number(ClusterComponent component, string name) =>
        int.TryParse(Text(component, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string? Text(ClusterComponent component, string name) =>
        components.Where(c => c.Component == component).Select(c => c.Flag(name)).FirstOrDefault(value => value is not null);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
