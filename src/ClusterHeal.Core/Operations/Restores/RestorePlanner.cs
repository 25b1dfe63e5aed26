using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>Makes the plan of a restore from the state of the hosts.</summary>
internal static class RestorePlanner
{
    /// <summary>The plan.</summary>
    /// <param name="hosts">The hosts before; all rules hold.</param>
    /// <param name="data">What is made of the snapshot.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="request">What the user wants.</param>
    public static ClusterRestorePlan Plan(IReadOnlyList<SurveyedHost> hosts, EtcdRestorePlan data, string operationId, ClusterRestoreRequest request) => new()
    {
        OperationId = operationId,
        ClusterName = request.Cluster,
        Data = data,
        Hosts = Hosts(hosts, data.SnapshotSize),
        LostMembers = [.. request.LostMembers],
        LiveRevision = LiveRevision(hosts),
        LastSnapshotPath = hosts.Any(h => h.Status is not null)
            ? LastSnapshotPath(request, operationId)
            : null,
        HealAfter = request.HealAfter,
        RestartKubelet = request.RestartKubelet,
        SavedAt = SnapshotManifest.Find(data.Path)?.SavedAt,
    };

    /// <summary>The hosts for a plan.</summary>
    /// <param name="hosts">The hosts before.</param>
    /// <param name="databaseSize">Bytes of the database for them.</param>
    public static ClusterRestoreHost[] Hosts(IReadOnlyList<SurveyedHost> hosts, long databaseSize) =>
    [
        .. hosts.Select(host => new ClusterRestoreHost
        {
            HostName = host.Shell.HostName,
            MemberName = host.Configuration.Name,
            DataDirectory = host.Configuration.DataDirectory,
            WalDirectory = host.Configuration.WalDirectory,
            EtcdVersion = host.EtcdVersion!,
            Etcd = host.Etcd,
            ControlPlane = [.. host.ControlPlane],
            Revision = host.Status?.Header.Revision,
            FreeBytes = host.Facts.FreeBytes,
            NeededBytes = RestoreRules.NeededBytes(databaseSize),
        }),
    ];

    /// <summary>Where the last snapshot of the current data goes, if one can be saved.</summary>
    public static string LastSnapshotPath(ClusterRestoreRequest request, string operationId) =>
        Path.Combine(Path.GetFullPath(request.LastSnapshotFolder), $"before-{operationId}.db");

    /// <summary>The highest revision that a member answered, or null if none did.</summary>
    public static long? LiveRevision(IReadOnlyList<SurveyedHost> hosts) => hosts.Max(h => h.Status?.Header.Revision);

    /// <summary>The addresses of all API servers, or null if they are not known: if a member's host has none, they may be elsewhere.</summary>
    public static string[]? LivingApiServers(IReadOnlyList<SurveyedHost> hosts) =>
        hosts.All(h => h.ApiServerAddresses.Count > 0) ? [.. hosts.SelectMany(h => h.ApiServerAddresses).Distinct(StringComparer.Ordinal)] : null;

    /// <summary>The target in the question to the user.</summary>
    public static string TargetOf(ClusterRestorePlan plan) =>
        $"etcd and the control plane of cluster '{plan.ClusterName}' on {string.Join(", ", plan.Hosts.Select(h => h.HostName))}";
}
