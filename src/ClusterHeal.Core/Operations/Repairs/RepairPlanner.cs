using ClusterHeal.Etcd;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Makes the plan of a repair from the state before it.</summary>
internal static class RepairPlanner
{
    /// <summary>The plan.</summary>
    /// <param name="ground">The state before; all rules hold.</param>
    /// <param name="settings">The new settings and their file.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="request">What the user wants.</param>
    public static MemberRepairPlan Plan(RepairGround ground, RepairSettings settings, string operationId, MemberRepairRequest request)
    {
        var configuration = ground.Target.Configuration;
        var former = ground.Former;
        return new MemberRepairPlan
        {
            OperationId = operationId,
            ClusterName = request.Cluster,
            HostName = ground.Target.Shell.HostName,
            MemberName = configuration.Name,
            FormerId = former is null ? null : EtcdId.Hex(former.ID),
            FormerName = former is { Name.Length: > 0 } && former.Name != configuration.Name ? former.Name : null,
            Finding = ground.Finding ?? "it is well, and is repaired anyway.",
            PeerUrls = configuration.InitialAdvertisePeerUrls,
            OtherMembers = [.. ground.OtherVoters.Select(RepairGround.NameOf)],
            DataDirectory = configuration.DataDirectory,
            WalDirectory = configuration.WalDirectory,
            Source = ground.Target.Etcd.Source!,
            SettingsPath = settings.Path,
            InitialCluster = ground.InitialCluster,
            AsLearner = ground.KnowsLearners,
            IsLeader = ground.IsLeader,
            SnapshotPath = SnapshotPath(request, operationId),
            HealAfter = request.HealAfter,
            Notes = request.ToHostName is null ? [] : [.. OfMove(ground)],
        };
    }

    /// <summary>The path of the snapshot that is saved before.</summary>
    public static string SnapshotPath(MemberRepairRequest request, string operationId) =>
        Path.Combine(Path.GetFullPath(request.SnapshotFolder), $"before-{operationId}.db");

    /// <summary>What the plan changes, for the question to the user.</summary>
    public static string TargetOf(MemberRepairPlan plan) => $"etcd member '{plan.MemberName}' of cluster '{plan.ClusterName}' on {plan.HostName}";

    // An API server uses only the members that its flag names.
    private static IEnumerable<string> OfMove(RepairGround ground)
    {
        if (ground.Former is { } former)
        {
            yield return $"The old etcd of '{RepairGround.NameOf(former)}' ends by itself, if it runs, as soon as it is removed; its data stay where they are.";
        }

        var endpoints = ground.Target.Configuration.AdvertiseClientUrls;
        foreach (var host in ground.Hosts)
        {
            if (host.ApiServer?.Flag("--etcd-servers") is not { } servers || servers.Split(',').All(url => new Uri(url).IsLoopback)) continue;
            if (endpoints.Any(url => servers.Contains(url, StringComparison.OrdinalIgnoreCase))) continue;
            yield return $"The API server on {host.Shell.HostName} asks {servers} (--etcd-servers); add {string.Join(',', endpoints)} there, or it never uses the new member.";
        }
    }
}
