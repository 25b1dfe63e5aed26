using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Operations;

/// <summary>
/// The one cause of many failed checks: etcd has no quorum, or no API server answers. It names the command that heals it, with the names of this cluster filled in.
/// </summary>
/// <param name="Area">The area of the cause.</param>
/// <param name="Target">What is down.</param>
/// <param name="Message">What is known about it, in a sentence or two.</param>
/// <param name="Remedy">The command, and what to do if it does not help.</param>
internal sealed record RootCause(HealthArea Area, string Target, string Message, string Remedy)
{
    /// <summary>The name of its result, and of <see cref="CheckResult.CausedBy"/> of others.</summary>
    public const string Name = "RootCause";

    /// <summary>The hosts on which <see cref="Component"/> has to be started; none if something else has to be done.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>The component to start, or null.</summary>
    public ClusterComponent? Component { get; init; }

    /// <summary>The one cause of what is wrong, or null if there is none behind all the rest.</summary>
    /// <param name="facts">The facts.</param>
    public static RootCause? Find(HealthFacts facts) => OfQuorum(facts) ?? OfApiServer(facts);

    /// <summary>True if a source has no facts because of this cause.</summary>
    /// <param name="source">The source of a check.</param>
    public bool Hides(HealthSource source) => source == HealthSource.Kubernetes || (source == HealthSource.Etcd && Area == HealthArea.Etcd);

    public CheckResult ToResult() => new()
    {
        Name = Name,
        Area = Area.ToString(),
        Target = Target,
        Status = CheckStatus.Fail,
        Message = Message,
        Remedy = Remedy,
        Component = Component,
        HostName = HostNames is [var only] ? only : null,
    };

    private static RootCause? OfQuorum(HealthFacts facts)
    {
        var stopped = Stopped(facts, ClusterComponent.Etcd);
        if (facts.Etcd is { } etcd && etcd.Voters.Any() && etcd.HealthyVoters < etcd.Quorum)
        {
            var silent = etcd.Voters.Where(member => !EtcdFacts.IsServing(member)).ToArray();
            string[] hosts = stopped.Length > 0 ? [.. stopped.Select(c => c.HostName)] : [.. silent.Select(HostOf).OfType<string>().Distinct()];
            var names = string.Join(", ", silent.Select(EtcdFacts.NameOf));
            return OfEtcd(
                facts, $"etcd has no quorum: {etcd.HealthyVoters} of {etcd.Voters.Count()} voters serve, and {etcd.Quorum} are needed. Silent: {names}.", hosts, stopped);
        }

        if (facts.Etcd is not null || facts.EtcdFault is null) return null;
        var all = facts.Hosts.SelectMany(host => host.Components).Count(c => c.Component == ClusterComponent.Etcd);
        return stopped.Length > 0 && all - stopped.Length < (all / 2) + 1
            ? OfEtcd(facts, $"etcd runs on {all - stopped.Length} of {all} hosts, and {(all / 2) + 1} are needed.", [.. stopped.Select(c => c.HostName)], stopped)
            : null;
    }

    private static RootCause OfEtcd(HealthFacts facts, string message, string[] hosts, ComponentStatus[] stopped) => new(
        HealthArea.Etcd,
        facts.ClusterName,
        $"{message} Nothing can be changed in the cluster, and its API servers cannot work.{Healing(stopped)}",
        (hosts.Length > 0 ? $"{Start(hosts, ClusterComponent.Etcd)}. " : "")
            + "If the members are lost for good: Restore-EtcdSnapshot -Path FILE -HostName THE-HOSTS, from the newest proven snapshot.")
    {
        HostNames = hosts,
        Component = ClusterComponent.Etcd,
    };

    private static RootCause? OfApiServer(HealthFacts facts)
    {
        if (facts.KubernetesFault is not { } fault) return null;
        var server = facts.ApiServers.Count > 0 ? facts.ApiServers[0] : null;
        var target = server?.Target ?? facts.ClusterName;
        if (server?.StatusCode is 401 or 403)
        {
            return new RootCause(
                HealthArea.ApiServer,
                target,
                $"The API server does not accept the credentials of the kubeconfig (HTTP {server.StatusCode}).",
                "Log in again as your provider wants it, or connect with another context: Connect-Cluster -Context NAME.");
        }

        var stopped = Stopped(facts, ClusterComponent.ApiServer);
        var hosts = stopped.Select(c => c.HostName).ToArray();
        var why = server?.Fault is null && server?.Failed.Any(ApiServerChecks.IsEtcd) == true
            ? "The API server has lost its etcd, although etcd has its quorum."
            : $"The API server does not answer. {fault.Message}";
        if (hosts.Length > 0)
            return Of(target, $"{why} It is stopped on {string.Join(", ", hosts)}.{Healing(stopped)}", $"{Start(hosts, ClusterComponent.ApiServer)}.", hosts);
        string[] unready = [.. facts.Hosts.Where(host => host.ApiServerIsReady == false).Select(host => host.HostName)];
        if (unready.Length > 0)
        {
            return Of(
                target,
                $"{why} It runs on {string.Join(", ", unready)} and is not ready.",
                $"{PowerShellCommand.Of("Restart-ControlPlaneComponent", ("HostName", unready), ("Component", [nameof(ClusterComponent.ApiServer)]))}. If it stays so, read its log there.",
                unready);
        }

        if (facts.Hosts.FirstOrDefault(host => host.ApiServerIsReady == true) is { } ready)
        {
            return Of(
                target,
                $"{why} The API server on {ready.HostName} is ready, so the way from here to {target} is broken.",
                $"Look at the load balancer, the firewall and the name of {target}. Meanwhile: {PowerShellCommand.Of("Connect-Cluster", ("HostName", [ready.HostName]))} goes through that host.",
                []);
        }

        // Only a failed connection means that the server is down. An unreadable kubeconfig is another fault.
        if (fault.Category is not (FaultCategory.Connection or FaultCategory.Timeout or FaultCategory.NotReady))
            return Of(target, $"The API server cannot be asked: {fault.Message}", fault.Remedy ?? "Connect again with Connect-Cluster.", []);
        var address = Uri.TryCreate(target, UriKind.Absolute, out var uri) ? uri.DnsSafeHost : null;
        return address is null
            ? Of(target, why, fault.Remedy ?? "Connect again with Connect-Cluster -HostName and the control-plane hosts.", [])
            : Of(
                target,
                why,
                $"{Start([address], ClusterComponent.ApiServer)}. If {address} is a load balancer: connect with the control-plane hosts (Connect-Cluster -HostName), and test again.",
                [address]);
    }

    private static RootCause Of(string target, string message, string remedy, string[] hosts) => new(HealthArea.ApiServer, target, message, remedy)
    {
        HostNames = hosts,
        Component = hosts.Length > 0 ? ClusterComponent.ApiServer : null,
    };

    private static ComponentStatus[] Stopped(HealthFacts facts, ClusterComponent component) =>
        [.. facts.Hosts.SelectMany(host => host.Components).Where(c => c.Component == component && c.State != ComponentState.Running)];

    private static string Start(string[] hosts, ClusterComponent component) => StartComponent.CommandOf(component, hosts);

    private static string Healing(ComponentStatus[] stopped) => stopped.Where(c => c.HealsAt is not null).MinBy(c => c.HealsAt) is { } first
        ? $" {first.HostName} starts it again by itself at {first.HealsAt:u}."
        : "";

    private static string? HostOf(EtcdMember member) =>
        member.PeerUrls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.DnsSafeHost : null).FirstOrDefault(host => host is not null);
}
