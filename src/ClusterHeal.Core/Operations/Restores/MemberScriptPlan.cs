using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What <c>member.sh</c> has to know on its host: a file of shell assignments beside it.</summary>
internal sealed record MemberScriptPlan
{
    /// <summary>The id of the restore.</summary>
    public required string OperationId { get; init; }

    /// <summary>The data directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder of the log where it is not inside the data directory.</summary>
    public required string? WalDirectory { get; init; }

    /// <summary>etcd.</summary>
    public required ComponentStatus Etcd { get; init; }

    /// <summary>What else is stopped, in the order of its start.</summary>
    public required IReadOnlyList<ComponentStatus> ControlPlane { get; init; }

    /// <summary>The ways to this member's health on which it answered, or on which it would, being dead.</summary>
    public required IReadOnlyList<string> HealthWays { get; init; }

    /// <summary>The way to this member as a peer.</summary>
    public required string OwnPeerWay { get; init; }

    /// <summary>The ways to the other members as peers, one for each.</summary>
    public required IReadOnlyList<string> PeerWays { get; init; }

    /// <summary>The ID of the new cluster, in hex.</summary>
    public required string ClusterId { get; init; }

    /// <summary>How long a member may take to become ready before the other side is tried.</summary>
    public required TimeSpan ReadyPatience { get; init; }

    /// <summary>The file's text.</summary>
    public override string ToString() => string.Concat(
        Assign("operation", OperationId),
        Assign("data", DataDirectory),
        Assign("wal", WalDirectory ?? ""),
        Assign("etcd", Line(Etcd)),
        Assign("control", string.Join('\n', ControlPlane.Select(Line))),
        Assign("health", string.Join('\n', HealthWays)),
        Assign("self", OwnPeerWay),
        Assign("others", string.Join('\n', PeerWays)),
        Assign("cluster", ClusterId),
        Assign("quorum", Number(((PeerWays.Count + 1) / 2) + 1)),
        Assign("round", Number((int)ReadyPatience.TotalSeconds)));

    /// <summary>A component as the scripts have it: kind, name and program, parted by tabs.</summary>
    public static string Line(ComponentStatus component)
    {
        var kind = component.Mechanism == ComponentMechanism.SystemdUnit ? "unit" : "manifest";
        return string.Join('\t', kind, component.Source, ProcessName(component.Component));
    }

    /// <summary>The name of the component's program.</summary>
    public static string ProcessName(ClusterComponent component) => component switch
    {
        ClusterComponent.ApiServer => "kube-apiserver",
        ClusterComponent.ControllerManager => "kube-controller-manager",
        ClusterComponent.Scheduler => "kube-scheduler",
        ClusterComponent.Etcd => "etcd",
        _ => throw new ArgumentOutOfRangeException(nameof(component), component, "A restore stops no such component."),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A shell assignment.</summary>
    public static string Assign(string name, string value) => $"{name}={ShellQuote.Quote(value)}\n";
}
