namespace ClusterHeal.Hosts;

internal static class ComponentFault
{
    /// <summary>The host has no such component.</summary>
    public static HostShellException NotFound(string hostName, ClusterComponent component) => new(
        ErrorIds.ComponentNotFound,
        FaultCategory.NotFound,
        $"{hostName} has no {component}: no unit, no static pod and no process of that name. Nothing was changed.",
        hostName,
        "Check -HostName. Distributions that run everything in one process (k3s, RKE2) have no component that can be stopped alone.");

    /// <summary>The kubelet of a static pod does not run.</summary>
    public static HostShellException KubeletNotRunning(string hostName, ComponentPlan plan) => new(
        ErrorIds.KubeletNotRunning,
        FaultCategory.InvalidOperation,
        $"{plan.Target} is a static pod, and the kubelet of that host does not run: moving the manifest would change nothing. Nothing was changed.",
        hostName,
        "Start the kubelet first: Start-NodeComponent -Component Kubelet.");

    /// <summary>Another operation worked on the component between the plan and the lock.</summary>
    public static HostShellException ChangedMeanwhile(ComponentPlan plan, ComponentStatus now) => new(
        ErrorIds.HostLocked,
        FaultCategory.NotReady,
        $"{plan.Target} was {plan.Current.State} when this was planned, and is {now.State} now"
            + $"{(now.StoppedBy is { } other ? $", stopped by operation {other}" : "")}: another operation has worked there. Nothing was changed.",
        plan.HostName,
        "See what the other operation is for, and run this again if it is still wanted.");

    /// <summary>A component did not reach its wanted state.</summary>
    public static HostShellException Timeout(ComponentPlan plan, ComponentStatus now, TimeSpan waited) => new(
        ErrorIds.ComponentTimeout,
        FaultCategory.Timeout,
        $"{plan.Target} is {now.State}{(now.IsListening ? $", port {now.Port} is open," : "")} after {waited.TotalSeconds:0} seconds; wanted was: {plan}."
            + (now.HealsAt is { } at ? $" The host starts it by itself at {at:u}." : ""),
        plan.HostName,
        now.UnitName is { } unit ? $"Look at '{Systemd.LogOf(unit)}' on the host." : $"Look at 'crictl ps -a' and '{Systemd.LogOf("kubelet")}' on the host.");
}
