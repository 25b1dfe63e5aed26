namespace ClusterHeal.Operations.Healing;

/// <summary>Something that heals a failed check: an existing operation that Repair-Cluster calls, or a task for people.</summary>
internal abstract record Remedy
{
    /// <summary>What it does, in words.</summary>
    public abstract string Action { get; }

    /// <summary>The command that does it; null if no cmdlet does.</summary>
    public abstract string? Command { get; }

    /// <summary>Its place in the order: etcd first, then API servers, then the rest.</summary>
    public virtual RemedyTurn Turn => RemedyTurn.Rest;

    /// <summary>The component that it brings back; other failed checks may be symptoms of it. Null for other remedies.</summary>
    public virtual ClusterComponent? Component => null;
}

/// <summary>The order of remedies.</summary>
internal enum RemedyTurn
{
    /// <summary>The container runtime and the kubelet of hosts whose control plane is static pods: nothing else starts there without them.</summary>
    Ground,

    /// <summary>Members of etcd that only have to be started.</summary>
    Etcd,

    /// <summary>Members of etcd that are repaired, which needs the quorum of the others.</summary>
    EtcdData,

    /// <summary>API servers.</summary>
    ApiServer,

    /// <summary>The controller manager and the scheduler.</summary>
    ControlPlane,

    /// <summary>Runtimes of nodes.</summary>
    Runtime,

    /// <summary>Kubelets of nodes.</summary>
    Kubelet,

    /// <summary>Everything else.</summary>
    Rest,
}

/// <summary>Starts a component on one host. The same component on several hosts is one step.</summary>
/// <param name="HostName">The host.</param>
/// <param name="Started">The component.</param>
internal sealed record StartComponent(string HostName, ClusterComponent Started) : Remedy
{
    /// <summary>True if the control plane of the host is static pods.</summary>
    public bool IsGround { get; init; }

    public override string Action => ActionOf(Started, [HostName]);

    public override string Command => CommandOf(Started, [HostName]);

    public override RemedyTurn Turn => Started switch
    {
        ClusterComponent.Etcd => RemedyTurn.Etcd,
        ClusterComponent.ApiServer => RemedyTurn.ApiServer,
        ClusterComponent.ContainerRuntime when !IsGround => RemedyTurn.Runtime,
        ClusterComponent.Kubelet when !IsGround => RemedyTurn.Kubelet,
        ClusterComponent.ContainerRuntime or ClusterComponent.Kubelet => RemedyTurn.Ground,
        _ => RemedyTurn.ControlPlane,
    };

    public override ClusterComponent? Component => Started;

    /// <summary>The name of the step that starts a component on some hosts.</summary>
    public static string ActionOf(ClusterComponent component, IEnumerable<string> hosts) => $"Start {component} on {string.Join(", ", hosts)}";

    /// <summary>The command that starts a component on some hosts.</summary>
    public static string CommandOf(ClusterComponent component, IEnumerable<string> hosts) =>
        PowerShellCommand.Of($"Start-{ComponentChanger.Noun(component)}", ("HostName", hosts), ("Component", [component.ToString()]));
}

/// <summary>Repairs a member of etcd whose data are lost or corrupt, or continues an unfinished repair.</summary>
/// <param name="MemberName">The member's name, for people.</param>
/// <param name="HostName">Its host.</param>
internal sealed record RepairMember(string MemberName, string HostName) : Remedy
{
    public override string Action => $"Repair the etcd member '{MemberName}' on {HostName}: it comes back empty and learns everything from the others";

    public override string Command => PowerShellCommand.Of("Repair-EtcdMember", ("HostName", [HostName]));

    public override RemedyTurn Turn => RemedyTurn.EtcdData;

    public override ClusterComponent? Component => ClusterComponent.Etcd;
}

/// <summary>Frees space in an etcd that is full, and clears the alarm.</summary>
internal sealed record ClearAlarm : Remedy
{
    public override string Action => "Make room in etcd and clear its alarm: its past is compacted except for the last minutes, and its members are defragmented one by one";

    public override string Command => PowerShellCommand.Of("Clear-EtcdAlarm");

    public override RemedyTurn Turn => RemedyTurn.EtcdData;

    public override ClusterComponent? Component => ClusterComponent.Etcd;
}

/// <summary>Defragments the members of etcd.</summary>
internal sealed record Defragment : Remedy
{
    public override string Action => "Defragment the members of etcd one by one, the leader last; each stands still meanwhile";

    public override string Command => PowerShellCommand.Of("Optimize-EtcdMember");
}

/// <summary>Reverts a repair of a member that has not removed it yet.</summary>
/// <param name="OperationId">The repair.</param>
/// <param name="HostName">All hosts of the control plane.</param>
internal sealed record UndoMemberRepair(string OperationId, ItemCollection<string> HostName) : Remedy
{
    public override string Action => $"Take back the repair {OperationId} of an etcd member, which nobody finished";

    public override string Command => PowerShellCommand.Of("Undo-EtcdMemberRepair", ("OperationId", [OperationId]), ("HostName", HostName));

    public override RemedyTurn Turn => RemedyTurn.Etcd;

    public override ClusterComponent? Component => ClusterComponent.Etcd;

    public bool Equals(UndoMemberRepair? other) => other is not null && other.OperationId == OperationId;

    public override int GetHashCode() => OperationId.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Renews the expiring certificates of the control plane, or continues an unfinished renewal.</summary>
/// <param name="HostName">All hosts of the control plane.</param>
/// <param name="HasEnded">True if one of them has expired: then components do not find each other, or are refused.</param>
internal sealed record RenewCertificates(ItemCollection<string> HostName, bool HasEnded) : Remedy
{
    public override string Action => "Renew the certificates of the control plane that run out; components are restarted with them, one host after the other";

    public override string Command => PowerShellCommand.Of("Update-ControlPlaneCertificate", ("HostName", HostName));

    public override RemedyTurn Turn => HasEnded ? RemedyTurn.EtcdData : RemedyTurn.Rest;

    public override ClusterComponent? Component => HasEnded ? ClusterComponent.Etcd : null;

    public bool Equals(RenewCertificates? other) => other is not null;

    public override int GetHashCode() => 0;
}

/// <summary>Reverts what an unfinished drill has left.</summary>
/// <param name="OperationId">The drill.</param>
/// <param name="HostName">All hosts of the control plane.</param>
internal sealed record UndoDrill(string OperationId, ItemCollection<string> HostName) : Remedy
{
    /// <summary>What the drill had stopped, or null.</summary>
    public ClusterComponent? Stopped { get; init; }

    public override string Action => $"Take back the drill {OperationId}, which nobody ended";

    public override string Command => PowerShellCommand.Of("Undo-FailureDrill", ("OperationId", [OperationId]), ("HostName", HostName));

    public override RemedyTurn Turn => Stopped is { } component ? new StartComponent("", component).Turn : RemedyTurn.Rest;

    public override ClusterComponent? Component => Stopped;

    public bool Equals(UndoDrill? other) => other is not null && other.OperationId == OperationId;

    public override int GetHashCode() => OperationId.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Tells the cluster that a node is certainly off, so that its pods are deleted by force and their volumes detached.</summary>
/// <param name="NodeName">The node.</param>
internal sealed record MarkOutOfService(string NodeName) : Remedy
{
    public override string Action => $"Mark node '{NodeName}' as out of service: its pods are deleted without waiting for its kubelet, and run elsewhere";

    public override string Command => PowerShellCommand.Of("Repair-Cluster", ("NodeIsOff", [NodeName]));

    public override ClusterComponent? Component => ClusterComponent.Kubelet;
}

/// <summary>Nothing for Repair-Cluster: somebody has to decide or to look.</summary>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="ByPeople">A command that somebody could run, or null.</param>
internal sealed record LeftToPeople(string Reason, string? ByPeople = null) : Remedy
{
    public override string Action => Reason;

    public override string? Command => ByPeople;
}
