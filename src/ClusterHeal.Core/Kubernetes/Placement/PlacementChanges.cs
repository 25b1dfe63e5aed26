namespace ClusterHeal.Kubernetes;

/// <summary>Compares two lists of the same pods: which are new, which are gone, and which replaced which.</summary>
internal static class PlacementChanges
{
    /// <summary>
    /// The pods of the second list, each with what happened to it, and those of the first that are gone. A new pod replaces one with the same name,
    /// otherwise a pod of its workload that is gone.
    /// </summary>
    public static IReadOnlyList<PodPlacement> Compare(IEnumerable<PodPlacement> before, IEnumerable<PodPlacement> now)
    {
        var gone = before.Where(p => p.Change != PodChange.Went).DistinctBy(p => p.Uid).ToDictionary(p => p.Uid);
        var changes = new List<PodPlacement>();
        var fresh = new List<PodPlacement>();
        foreach (var pod in now)
        {
            if (!gone.Remove(pod.Uid, out var old)) fresh.Add(pod);
            else if (old.NodeName != pod.NodeName && old.NodeName is null) fresh.Add(pod);
            else changes.Add(pod);
        }

        var places = gone.Values.ToList();
        fresh = [.. fresh.Select(pod => Succeed(pod, places, old => old.Namespace == pod.Namespace && old.PodName == pod.PodName))];
        fresh = [.. fresh.Select(pod => Succeed(pod, places, old => old.Namespace == pod.Namespace && pod.Workload is { } w && old.Workload == w))];
        changes.AddRange(fresh.Select(pod => pod.Change == PodChange.None ? pod with { Change = PodChange.Came } : pod));
        changes.AddRange(places.Select(pod => pod with { Change = PodChange.Went, FormerNodeName = pod.NodeName }));
        return changes;
    }

    private static PodPlacement Succeed(PodPlacement pod, List<PodPlacement> places, Predicate<PodPlacement> fits)
    {
        var place = pod.Change == PodChange.None ? places.FindIndex(fits) : -1;
        if (place < 0) return pod;
        var former = places[place].NodeName;
        places.RemoveAt(place);
        return pod with { FormerNodeName = former, Change = former == pod.NodeName ? PodChange.Replaced : PodChange.Moved };
    }
}
