using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What <c>member.sh</c> must know on its host: a file of shell assignments beside it.</summary>
internal sealed record MemberScriptPlan
{
    /// <summary>The id of the restore.</summary>
    public required string OperationId { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>The folder of the log if it is not inside the data directory.</summary>
    public required string? WalDirectory { get; init; }

    public required ComponentStatus Etcd { get; init; }

    /// <summary>What else is stopped, in the order of its start.</summary>
    public required IReadOnlyList<ComponentStatus> ControlPlane { get; init; }

    /// <summary>The endpoints of this member at which it answered, or would answer if it were not dead.</summary>
    public required IReadOnlyList<string> HealthEndpoints { get; init; }

    public required string OwnPeerEndpoint { get; init; }

    /// <summary>The endpoints of the other members as peers.</summary>
    public required IReadOnlyList<string> PeerEndpoints { get; init; }

    /// <summary>How many members of the old data are on no host, because they are lost.</summary>
    public required int LostMembers { get; init; }

    /// <summary>The ID of the new cluster, in hex.</summary>
    public required string ClusterId { get; init; }

    /// <summary>How long a member may take to become ready before the other data are tried.</summary>
    public required TimeSpan ReadyPatience { get; init; }

    /// <summary>The file's text.</summary>
    public override string ToString() => string.Concat(
        Assign("operation", OperationId),
        Assign("data", DataDirectory),
        Assign("wal", WalDirectory ?? ""),
        Assign("etcd", Line(Etcd)),
        Assign("control", string.Join('\n', ControlPlane.Select(Line))),
        Assign("health", string.Join('\n', HealthEndpoints)),
        Assign("self", OwnPeerEndpoint),
        Assign("others", string.Join('\n', PeerEndpoints)),
        Assign("lost", Number(LostMembers)),
        Assign("cluster", ClusterId),
        Assign("quorum", Number(((PeerEndpoints.Count + 1) / 2) + 1)),
        Assign("round", Number((int)ReadyPatience.TotalSeconds)));

    /// <summary>A component for the scripts: kind, name and program, separated by tabs.</summary>
    public static string Line(ComponentStatus component)
    {
        var kind = component.Mechanism == ComponentMechanism.SystemdUnit ? "unit" : "manifest";
        return string.Join('\t', kind, component.Source, ComponentDefinition.Of(component.Component).Program);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A shell assignment.</summary>
    public static string Assign(string name, string value) => $"{name}={ShellQuote.Quote(value)}\n";
}
