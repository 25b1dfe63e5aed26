using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Drills;

/// <summary>What a drill needs to write its script.</summary>
/// <param name="Request">What the user wants.</param>
/// <param name="Cluster">The cluster before the drill.</param>
/// <param name="Canary">The canary, not yet started.</param>
/// <param name="Journal">The operation.</param>
/// <param name="Sink">Takes the messages of the parts of the drill.</param>
/// <param name="Time">The clock.</param>
internal sealed record DrillContext(
    FailureDrillRequest Request, DrillCluster Cluster, Canary Canary, OperationJournal Journal, IOperationSink Sink, TimeProvider Time)
{
    public Probes Probes { get; } = new(Cluster, Canary);

    /// <summary>An expectation with the user's tolerance.</summary>
    public ExpectedTime Tolerant(ExpectedTime expected) => expected.With(Request.Tolerance);

    /// <summary>The selected control-plane hosts, of those with a component: the named ones, or the drill's own choice.</summary>
    public IReadOnlyList<DrillHost> Targets(ClusterComponent component, Func<IReadOnlyList<DrillHost>, IReadOnlyList<DrillHost>> choose)
    {
        var having = Cluster.HostsOf(component);
        if (having.Count == 0) throw Refused($"No host has the component {component}.", "Name the hosts of the control plane with -HostName.");
        if (Request.TargetName.Count == 0) return choose(having);
        var names = string.Join(", ", having.Select(h => h.Name));
        return
        [
            .. Request.TargetName.Select(name => having.FirstOrDefault(h => HostNames.AreSame(h.Name, name))
                ?? throw Refused($"'{name}' is none of the hosts with the component {component}: {names}.", "Name one of those with -TargetName.")),
        ];
    }

    /// <summary>The selected node: the named one, or the first that accepts pods. There has to be another one beside it.</summary>
    public string Node()
    {
        var workers = Cluster.Workers.Select(n => n.Metadata.Name).ToArray();
        var node = Request.TargetName is [var name, ..] ? name : workers.FirstOrDefault() ?? "";
        if (!workers.Contains(node))
        {
            throw Refused($"Node '{node}' is none that takes pods: {string.Join(", ", workers)}.", "Name one of those with -TargetName.");
        }

        return workers.Length > 1
            ? node
            : throw Refused($"There is no node beside '{node}' that could take its pods.", "This drill needs two workers.");
    }

    /// <summary>The guards of every drill.</summary>
    /// <param name="watched">The hosts on which no component may fail.</param>
    /// <param name="quorum">How many members of etcd must be healthy; with fewer the drill ends.</param>
    public IReadOnlyList<Guard> Guards(IReadOnlyList<DrillHost> watched, int quorum) => Guards(Cluster.Times, watched.Count > 0, quorum);

    /// <inheritdoc cref="Guards(IReadOnlyList{DrillHost}, int)"/>
    internal static IReadOnlyList<Guard> Guards(ClusterTimes times, bool watchesHosts, int quorum)
    {
        var guards = new List<Guard>
        {
            new("The canary has to serve.", ServingProbe.Name, answer => !ServingProbe.Serves(answer), TimeSpan.FromSeconds(10)),
            new(
                $"{quorum} members of etcd have to be healthy.", "etcd", answer => Healthy(answer) < quorum,
                times.NewLeader.Latest + TimeSpan.FromSeconds(5)),
        };
        if (!watchesHosts) return guards;
        guards.Add(new("No other component may fail.", "other components", answer => answer != "all run", TimeSpan.FromSeconds(10)));
        return guards;
    }

    /// <summary>Why a drill is refused.</summary>
    public ClusterHealException Refused(string reason, string remedy) => new(
        ErrorIds.DrillRefused, FaultCategory.InvalidArgument, $"The {Request.Drill} drill cannot be done: {reason} Nothing was touched.", Cluster.Name, remedy);

    // A question mark is no number: what cannot be seen does not count as healthy.
    private static int Healthy(string answer) =>
        int.TryParse(answer.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
