namespace ClusterHeal.Operations.Healing;

/// <summary>
/// The table of remedies: what heals each check, and which components, if they are down, make it fail as a symptom. Pure functions from facts to
/// remedies. A check that is not in the table has only its advice.
/// </summary>
internal static class Remedies
{
    private const ClusterComponent Etcd = ClusterComponent.Etcd;
    private const ClusterComponent ApiServer = ClusterComponent.ApiServer;
    private const ClusterComponent Scheduler = ClusterComponent.Scheduler;
    private const ClusterComponent Controllers = ClusterComponent.ControllerManager;
    private const ClusterComponent Kubelet = ClusterComponent.Kubelet;
    private const ClusterComponent Runtime = ClusterComponent.ContainerRuntime;

    private static readonly ClusterComponent[] Anything = [Etcd, ApiServer, Scheduler, Controllers, Kubelet, Runtime];

    // The components without which another one cannot work.
    private static readonly Dictionary<ClusterComponent, ClusterComponent[]> Needs = new()
    {
        [ApiServer] = [Etcd],
        [Scheduler] = [Etcd, ApiServer],
        [Controllers] = [Etcd, ApiServer],
    };

    private static readonly Dictionary<string, CheckRemedy> Table = new()
    {
        ["EtcdMembers"] = new(EtcdRemedies.OfMember, Etcd),
        ["EtcdQuorum"] = new(EtcdRemedies.OfQuorum, Etcd),
        ["EtcdVoters"] = new(LeftToAdvice, Etcd),
        ["EtcdLeader"] = new(LeftToAdvice, Etcd),
        ["EtcdRaftLag"] = new(LeftToAdvice, Etcd),
        ["EtcdRevision"] = new(LeftToAdvice, Etcd),
        ["EtcdHash"] = new(EtcdRemedies.OfHash, Etcd),
        ["EtcdAlarms"] = new(EtcdRemedies.OfAlarm, Etcd),
        ["EtcdFragmentation"] = new((_, _) => [new Defragment()]),
        ["EtcdVersion"] = new(LeftToAdvice, Etcd),
        ["EtcdLearners"] = new(EtcdRemedies.OfMember, Etcd),
        ["ApiServerReady"] = new(ComponentRemedies.OfApiServer, [.. NeedsOf(ApiServer), ApiServer]),
        ["HostComponents"] = new(ComponentRemedies.OfHost, Etcd, ApiServer),
        ["OpenOperations"] = new(OperationRemedies.Of),
        ["SchedulerLease"] = new((facts, _) => ComponentRemedies.OfLease(facts, Scheduler), [.. NeedsOf(Scheduler), Scheduler]),
        ["ControllerManagerLease"] = new((facts, _) => ComponentRemedies.OfLease(facts, Controllers), [.. NeedsOf(Controllers), Controllers]),
        ["NodeLease"] = new(NodeRemedies.OfKubelet, Etcd, ApiServer, Kubelet, Runtime),
        ["NodeReady"] = new(NodeRemedies.OfKubelet, Etcd, ApiServer, Controllers, Kubelet, Runtime),
        ["NodeCordon"] = new(NodeRemedies.OfCordon),
        ["StuckPods"] = new(NodeRemedies.OfPod, Anything),
        ["SystemWorkloads"] = new(LeftToAdvice, Anything),
        ["BudgetsShut"] = new(LeftToAdvice, Anything),
        ["Webhooks"] = new(LeftToAdvice, Anything),
        ["ApiServices"] = new(LeftToAdvice, Anything),
        ["Certificates"] = new(CertificateRemedies.Of),
        ["BackupAge"] = new((facts, _) => [new LeftToPeople(
            "A snapshot needs a place and a schedule that somebody chooses.",
            PowerShellCommand.Of("Save-EtcdSnapshot", ("Directory", [facts.Backups?.Folder])))]),
        ["RehearsalAge"] = new((facts, _) => [new LeftToPeople(
            "A rehearsal changes nothing in the cluster, and is no repair of it.",
            facts.Backups?.Newest is { } newest ? PowerShellCommand.Of("Test-EtcdSnapshot -Rehearse", ("LiteralPath", [Path.Combine(facts.Backups.Folder, newest)])) : null)]),
    };

    /// <summary>The remedies of a failed check, in order; at least one.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="result">The check.</param>
    public static IReadOnlyList<Remedy> For(HealthFacts facts, CheckResult result)
    {
        // A check that could not see is not repaired.
        if (result.Status == CheckStatus.Unknown) return [new LeftToPeople($"It cannot be seen, so nothing is done about it. {result.Message}")];
        var remedies = Table.TryGetValue(result.Name, out var entry) ? entry.Find(facts, result) : [];
        return remedies.Count > 0 ? remedies : LeftToAdvice(facts, result);
    }

    /// <summary>True if a check may fail only because a component is down.</summary>
    public static bool IsSymptomOf(CheckResult result, ClusterComponent component) =>
        Table.TryGetValue(result.Name, out var entry) && entry.Causes.Contains(component);

    /// <summary>The components without which another one cannot work.</summary>
    public static ClusterComponent[] NeedsOf(ClusterComponent component) => Needs.GetValueOrDefault(component, []);

    /// <summary>The result with the command line that heals it.</summary>
    public static CheckResult WithRepair(HealthFacts facts, CheckResult result)
    {
        if (result.Status is not (CheckStatus.Fail or CheckStatus.Warning) || result.Name == ClusterHealthTest.ScopeName) return result;
        var remedies = For(facts, result);
        var commands = remedies.Where(r => r is not LeftToPeople).Concat(remedies).Select(r => r.Command).OfType<string>();
        return result with { Repair = commands.FirstOrDefault() };
    }

    private static IReadOnlyList<Remedy> LeftToAdvice(HealthFacts facts, CheckResult result) =>
        [new LeftToPeople($"No cmdlet heals it. {result.Remedy}".TrimEnd())];

    /// <summary>An entry of the table.</summary>
    /// <param name="Find">Finds the remedies; none for the advice of the check.</param>
    /// <param name="Causes">The components that make it fail as a symptom.</param>
    private sealed record CheckRemedy(Func<HealthFacts, CheckResult, IReadOnlyList<Remedy>> Find, params ClusterComponent[] Causes);
}
