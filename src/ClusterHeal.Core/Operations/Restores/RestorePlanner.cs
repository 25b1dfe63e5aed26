using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>Makes the plan of a restore of what was found on the hosts.</summary>
internal static class RestorePlanner
{
    /// <summary>The plan.</summary>
    /// <param name="hosts">The hosts as they were found; all rules hold.</param>
    /// <param name="data">What will be made of the snapshot.</param>
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

    /// <summary>The hosts as a plan has them.</summary>
    /// <param name="hosts">The hosts as they were found.</param>
    /// <param name="databaseSize">Bytes of the database that they are to get.</param>
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

    /// <summary>Where the last snapshot of the present data goes, if there is one to take.</summary>
    public static string LastSnapshotPath(ClusterRestoreRequest request, string operationId) =>
        Path.Combine(Path.GetFullPath(request.LastSnapshotFolder), $"before-{operationId}.db");

    /// <summary>The highest revision that a member answered, or null where none did.</summary>
    public static long? LiveRevision(IReadOnlyList<SurveyedHost> hosts) => hosts.Max(h => h.Status?.Header.Revision);

    /// <summary>
    /// The addresses of all API servers that there are, or null where that is not known: where a member's host has none, they may live
    /// elsewhere.
    /// </summary>
    public static string[]? LivingApiServers(IReadOnlyList<SurveyedHost> hosts) =>
        hosts.All(h => h.ApiServerAddresses.Count > 0) ? [.. hosts.SelectMany(h => h.ApiServerAddresses).Distinct(StringComparer.Ordinal)] : null;

    /// <summary>What the user is asked about.</summary>
    public static string TargetOf(ClusterRestorePlan plan) =>
        $"etcd and the control plane of cluster '{plan.ClusterName}' on {string.Join(", ", plan.Hosts.Select(h => h.HostName))}";
}
