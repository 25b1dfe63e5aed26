namespace ClusterHeal.Operations;

/// <summary>
/// The order in which objects are created: namespaces and definitions, then what others refer to, then what runs. An owner comes before the objects
/// that it owns. Quotas come late, because a new one refuses everything until it is counted; webhooks come last, because one whose pods do not run
/// yet refuses all.
/// </summary>
internal static class RestoreOrder
{
    private const int CustomResource = 14, Other = 11;

    private static readonly string[][] Ranks =
    [
        ["namespaces"],
        ["customresourcedefinitions.apiextensions.k8s.io"],
        ["priorityclasses", "storageclasses", "runtimeclasses", "ingressclasses", "csidrivers", "volumeattributesclasses"],
        ["serviceaccounts"],
        ["secrets", "configmaps"],
        ["clusterroles", "roles"],
        ["clusterrolebindings", "rolebindings"],
        ["limitranges", "networkpolicies"],
        ["persistentvolumes"],
        ["persistentvolumeclaims"],
        ["services"],
        [],
        ["pods", "replicationcontrollers", "replicasets", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"],
        ["horizontalpodautoscalers", "ingresses", "poddisruptionbudgets"],
        [],
        ["resourcequotas"],
        ["apiservices.apiregistration.k8s.io"],
        ["validatingadmissionpolicies", "mutatingadmissionpolicies"],
        ["validatingadmissionpolicybindings", "mutatingadmissionpolicybindings", "validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
    ];

    public static IReadOnlyList<RestoredObject> Sort(IEnumerable<RestoredObject> objects)
    {
        var sorted = objects.OrderBy(o => RankOf(o.Resource)).ThenBy(o => o.Namespace, StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.Ordinal)
            .ThenBy(o => o.Source.Revision).ToList();
        var owners = sorted.Where(o => o.Metadata.Uid.Length > 0).ToLookup(o => o.Metadata.Uid);
        List<RestoredObject> result = [];
        HashSet<RestoredObject> seen = new(ReferenceEqualityComparer.Instance);
        Stack<(RestoredObject Object, bool IsReady)> open = new();
        foreach (var start in sorted)
        {
            open.Push((start, false));
            while (open.TryPop(out var next))
            {
                if (next.IsReady) result.Add(next.Object);
                if (next.IsReady || !seen.Add(next.Object)) continue;
                open.Push((next.Object, true));
                foreach (var owner in next.Object.Metadata.Owners.SelectMany(owner => owners[owner.Uid])) open.Push((owner, false));
            }
        }

        return result;
    }

    private static int RankOf(string resource)
    {
        var rank = Array.FindIndex(Ranks, names => names.Contains(resource));
        return rank >= 0 ? rank : resource.Contains('.', StringComparison.Ordinal) ? CustomResource : Other;
    }
}
