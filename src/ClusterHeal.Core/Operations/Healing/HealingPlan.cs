namespace ClusterHeal.Operations.Healing;

/// <summary>The plan of the repair of a cluster. It is made from facts alone.</summary>
/// <param name="Steps">The steps, in their order.</param>
/// <param name="Symptoms">What should heal by itself after the steps.</param>
/// <param name="NotRepaired">What is left to people.</param>
internal sealed record HealingPlan(IReadOnlyList<HealingStep> Steps, IReadOnlyList<ClusterRepairSymptom> Symptoms, IReadOnlyList<ClusterRepairSymptom> NotRepaired)
{
    /// <summary>Makes it.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="results">The results of the checks that are repaired.</param>
    /// <param name="nodesOff">The nodes that the user says are off, and that may be marked so.</param>
    public static HealingPlan Of(HealthFacts facts, IReadOnlyList<CheckResult> results, IReadOnlyList<string> nodesOff)
    {
        var found = results.Where(IsBad).Select(result => (Result: result, Remedies: Find(facts, result, nodesOff))).ToList();
        var known = found.SelectMany(f => f.Remedies).ToArray();
        // A component that crashes because what it needs is down is only a symptom. A stopped one is a cause of its own.
        var crashed = found.SelectMany(f => f.Remedies).OfType<StartComponent>().Where(start => IsCrash(facts, start) && known.Any(other => IsBelow(other, start))).ToHashSet();
        var (steps, symptoms, left) = (new List<HealingStep>(), new List<ClusterRepairSymptom>(), new List<ClusterRepairSymptom>());
        foreach (var (result, remedies) in found)
        {
            foreach (var remedy in remedies.Where(r => r is not LeftToPeople && !crashed.Contains(r)))
            {
                var step = steps.Find(s => s.Takes(remedy));
                if (step is null) steps.Add(step = new HealingStep(remedy));
                step.Add(remedy);
                // If one check needs several, the last one has to heal it; and a check of the whole cluster may have other causes, too.
                if (remedy == remedies[^1] && IsProof(result, remedy)) step.Add(result);
            }
        }

        steps = [.. steps.OrderBy(s => s.Turn).ThenBy(s => s.Action, StringComparer.Ordinal)];
        foreach (var (result, remedies) in found.Where(f => !steps.Exists(s => s.Checks.Contains(f.Result))))
        {
            var cause = steps.Find(s => s.Remedies.Any(remedies.Contains) || (s.Component is { } component && Remedies.IsSymptomOf(result, component)));
            var people = remedies.OfType<LeftToPeople>().FirstOrDefault();
            if (cause is not null) symptoms.Add(Symptom(result, $"It is looked at again after this: {cause.Action}.", command: null));
            else left.Add(Symptom(result, people?.Reason ?? "", people?.Command));
        }

        return new HealingPlan(steps, symptoms, [.. left.Where(l => l.Name != "EtcdQuorum"), .. left.Where(l => l.Name == "EtcdQuorum")]);
    }

    /// <summary>True for a result that says that something is wrong or could not be seen.</summary>
    public static bool IsBad(CheckResult result) => result.Status != CheckStatus.Pass && result.Name != ClusterHealthTest.ScopeName;

    /// <summary>The plan as users see it.</summary>
    public ClusterRepairPlan ToPlan(string clusterName) => new()
    {
        ClusterName = clusterName, Steps = [.. Steps.Select(s => s.ToStep())], Symptoms = [.. Symptoms], NotRepaired = [.. NotRepaired],
    };

    private static IReadOnlyList<Remedy> Find(HealthFacts facts, CheckResult result, IReadOnlyList<string> nodesOff)
    {
        var off = result.Status == CheckStatus.Unknown ? null : result.Name switch
        {
            "NodeLease" => result.Target,
            "StuckPods" => facts.Kubernetes?.Pods.Items[0].Troubled.Find(p => p.Metadata.FullName == result.Target)?.Spec.NodeName,
            _ => null,
        };
        return off is not null && nodesOff.Contains(off) ? [new MarkOutOfService(off)] : Remedies.For(facts, result);
    }

    private static ClusterRepairSymptom Symptom(CheckResult result, string reason, string? command) =>
        new(result.Name, result.Target, result.Status, reason, command);

    private static bool IsCrash(HealthFacts facts, StartComponent start) => facts.Hosts.Any(h =>
        h.HostName == start.HostName && h.Find(start.Started) is { State: ComponentState.Failed, StoppedBy: null });

    private static bool IsBelow(Remedy below, StartComponent above) => below.Component is { } component && Remedies.NeedsOf(above.Started).Contains(component);

    // A node that is marked as off stays silent. Only its pods heal.
    private static bool IsProof(CheckResult result, Remedy remedy) => remedy switch
    {
        StartComponent => result.Name is "HostComponents" or "NodeLease" or "NodeReady",
        MarkOutOfService => result.Name == "StuckPods",
        ClearAlarm => result.Name == "EtcdAlarms",
        Defragment => result.Name == "EtcdFragmentation",
        RenewCertificates => result.Name is "Certificates" or "OpenOperations",
        RepairMember => result.Name is "HostComponents" or "EtcdMembers" or "EtcdHash" or "EtcdAlarms" or "OpenOperations",
        _ => result.Name is "OpenOperations" or "NodeCordon",
    };
}

/// <summary>One step of the plan: a remedy, or the start of the same component on several hosts.</summary>
/// <param name="first">Its first remedy.</param>
internal sealed class HealingStep(Remedy first)
{
    private readonly List<Remedy> _remedies = [];
    private readonly List<CheckResult> _checks = [];

    /// <summary>The remedies, which are done together.</summary>
    public IReadOnlyList<Remedy> Remedies => _remedies;

    /// <summary>The failed checks that have to pass after it.</summary>
    public IReadOnlyList<CheckResult> Checks => _checks;

    public RemedyTurn Turn => first.Turn;

    public ClusterComponent? Component => first.Component;

    public string Action => first is StartComponent start ? StartComponent.ActionOf(start.Started, Hosts) : first.Action;

    public string Command => first is StartComponent start ? StartComponent.CommandOf(start.Started, Hosts) : first.Command!;

    private IEnumerable<string> Hosts => _remedies.OfType<StartComponent>().Select(r => r.HostName).Order(StringComparer.Ordinal);

    /// <summary>True if a remedy belongs to this step.</summary>
    public bool Takes(Remedy remedy) => remedy is StartComponent other && first is StartComponent start
        ? start.Started == other.Started && start.Turn == other.Turn
        : remedy == first;

    public void Add(Remedy remedy)
    {
        if (!_remedies.Contains(remedy)) _remedies.Add(remedy);
    }

    public void Add(CheckResult result) => _checks.Add(result);

    /// <summary>The step as users see it.</summary>
    public ClusterRepairStep ToStep() => new()
    {
        Action = Action, Command = Command, Checks = [.. _checks.Select(c => $"{c.Name} {c.Target}")],
    };
}
