namespace ClusterHeal.Operations.Certificates;

/// <summary>Makes the plan from the state of the hosts.</summary>
internal static class RenewalPlanner
{
    public static CertificateRenewalPlan Plan(RenewalGround ground, string operationId, CertificateRenewalRequest request) => new()
    {
        OperationId = operationId,
        ClusterName = request.Cluster,
        HostName = [.. ground.Hosts.Select(host => host.Shell.HostName)],
        Certificates = [.. ground.Files.Select(file => file.ToModel(operationId))],
        Restarts = [.. ground.Groups.Where(group => group.Component is not null).Select(group => group.Title)],
        HealAfter = request.HealAfter,
        Notes = [.. Notes(ground)],
    };

    /// <summary>What else the user has to know or do.</summary>
    public static IEnumerable<string> Notes(RenewalGround ground)
    {
        var restarted = ground.Groups.ToLookup(group => group.Component?.Component);
        if (restarted[ClusterComponent.Etcd].Any())
        {
            if (ground.EtcdIsCutOff) yield return "etcd's certificates have ended: its members serve again once a majority of them has new ones.";
            else if (ground.Hosts.Count(host => host.Etcd is not null) == 1) yield return "etcd does not serve while the one member of these hosts is restarted.";
        }

        if (restarted[ClusterComponent.ApiServer].Any() && ground.Hosts.Count(host => host.ControlPlane.Any(c => c.Component == ClusterComponent.ApiServer)) == 1)
            yield return "The API does not answer while the one API server of these hosts is restarted.";
        foreach (var host in ground.Hosts.Where(host => host.KubeletUntil is { } end && end <= ground.Now))
        {
            yield return $"The kubelet of {host.Shell.HostName} has a client certificate that ended at {host.KubeletUntil:u}. It is not touched: a kubelet renews its own, but not after its end. "
                + "Give it a new kubelet.conf ('kubeadm kubeconfig user --org system:nodes --client-name system:node:NAME'), and restart it.";
        }

        if (ground.Hosts.All(host => host.KubeletUntil is not { } end || end > ground.Now)) yield return "The kubelets' certificates are not touched: a kubelet renews its own.";
        if (ground.Files.Any(file => file.Former.IsKubeconfig && file.Former.UsedBy.Count == 0))
            yield return "Copies of an administrator's kubeconfig, such as ~/.kube/config, still have the former certificate: copy the file again.";
    }
}
