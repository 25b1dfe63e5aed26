using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ClusterHeal.Internal;

/// <summary>What a runspace is connected to. Each runspace has its own, so parallel ones never meet.</summary>
internal sealed class ClusterSession
{
    private static readonly ConditionalWeakTable<Runspace, ClusterSession> Sessions = [];

    /// <summary>The default connection of this runspace, or null.</summary>
    public ClusterConnection? Connection { get; set; }

    /// <summary>The node names that completion has seen last, and when.</summary>
    public (IReadOnlyList<string> Names, DateTimeOffset At) NodeNames { get; set; } = ([], DateTimeOffset.MinValue);

    /// <summary>The session of the runspace of this thread. To be asked on the pipeline thread only.</summary>
    public static ClusterSession Current => Runspace.DefaultRunspace is { } runspace ? Sessions.GetOrCreateValue(runspace) : new ClusterSession();
}
