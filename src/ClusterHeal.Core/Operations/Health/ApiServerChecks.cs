namespace ClusterHeal.Operations;

/// <summary>Each API server by itself.</summary>
internal static class ApiServerChecks
{
    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        new(HealthArea.ApiServer, "ApiServerReady", HealthSource.Any, Ready),
    ];

    private static IEnumerable<Finding> Ready(HealthFacts facts)
    {
        var servers = facts.ApiServers.Select(Judge).Concat(facts.Hosts.Where(h => h.ApiServerIsReady is not null).Select(OfHost));
        if (facts.ApiServers.Count > 0 || facts.KubernetesFault is not { } fault) return servers;
        return servers.Prepend(Finding.Unknown(
            facts.ClusterName, $"It cannot be asked: {fault.Message}", fault.Remedy ?? "Connect again (Connect-Cluster)."));
    }

    private static Finding Judge(ApiServerFacts server)
    {
        if (server.Fault is { } fault)
        {
            return server.IsCertain
                ? Finding.Fail(server.Target, fault.Message, fault.Remedy ?? "Start it (Start-ControlPlaneComponent ApiServer).")
                : Finding.Unknown(
                    server.Target,
                    $"The cluster lists it, and from here nothing answers: it is down, or a wall is between. {fault.Message}",
                    "Ask it on its host: give the control-plane hosts (Connect-Cluster -HostName).");
        }

        var failed = server.Failed.ToArray();
        return server.StatusCode switch
        {
            200 => Finding.Pass(server.Target, $"It is ready; {server.Passed.Count()} checks of its own pass."),
            401 or 403 => Finding.Fail(
                server.Target,
                $"It does not take the credentials of the kubeconfig (HTTP {server.StatusCode}).",
                "Log in again, or name another context with -Context."),
            _ when failed.Any(IsEtcd) => Finding.Fail(
                server.Target,
                "It has lost its etcd: it can change nothing, and what it answers comes from its cache.",
                "Look at etcd (Get-EtcdMember) and at the way from this server to it (--etcd-servers); then restart this server.",
                [.. server.Checks.Where(c => c.StartsWith("[-]", StringComparison.Ordinal))]),
            _ => Finding.Fail(
                server.Target,
                $"It is not ready: {(failed.Length > 0 ? string.Join(", ", failed) : $"HTTP {server.StatusCode}")}.",
                "Wait if it was just started; otherwise read its log.",
                [.. server.Checks.Where(c => c.StartsWith("[-]", StringComparison.Ordinal))]),
        };
    }

    public static bool IsEtcd(string check) => check is "etcd" or "etcd-readiness";

    private static Finding OfHost(HostFacts host)
    {
        var said = host.ApiServerIsReady == true
            ? Finding.Pass(host.HostName, "The API server of this host is ready, asked on the host itself.")
            : Finding.Fail(
                host.HostName,
                "The API server of this host runs and is not ready.",
                "Look at its etcd (Get-EtcdMember), then read its log; Restart-ControlPlaneComponent restarts it.");
        return said with
        {
            HostName = host.HostName,
            Component = ClusterComponent.ApiServer,
            HostConnection = host.Components.FirstOrDefault(c => c.HostConnection is not null)?.HostConnection,
        };
    }
}
