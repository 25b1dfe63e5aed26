using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using ClusterHeal.Completion;

namespace ClusterHeal.Internal;

/// <summary>What a runspace is connected to. Each runspace has its own, so parallel ones never meet.</summary>
internal sealed class ClusterSession
{
    private static readonly ConditionalWeakTable<Runspace, ClusterSession> Sessions = [];

    private ClusterConnection? _connection;

    /// <summary>The default connection of this runspace, or null.</summary>
    public ClusterConnection? Connection
    {
        get => _connection;
        set => (_connection, NodeNames) = (value, value is null ? null : NodeNameCache.Of(value));
    }

    /// <summary>The names of its nodes, for completion.</summary>
    public NodeNameCache? NodeNames { get; private set; }

    /// <summary>The session of the runspace of this thread. To be asked on the pipeline thread only.</summary>
    public static ClusterSession Current => Runspace.DefaultRunspace is { } runspace ? Sessions.GetOrCreateValue(runspace) : new ClusterSession();
}
