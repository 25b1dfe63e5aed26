using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Healing;

/// <summary>The repair of a cluster as a report for <see cref="ReportFiles"/>: the steps are its timeline, the last test of the health its checks.</summary>
internal static class ClusterRepairPage
{
    private const string Title = "Repair";

    /// <summary>Makes it from a repair.</summary>
    /// <param name="repair">The repair.</param>
    /// <param name="results">The last test of the health; none if only the repair itself is known.</param>
    public static Report Of(ClusterRepairReport repair, IReadOnlyList<CheckResult> results) => new()
    {
        Title = Title,
        Subject = repair.ClusterName,
        Started = repair.StartedAt,
        Ended = repair.StartedAt + repair.Duration,
        Verdict = !repair.Succeeded ? CheckStatus.Fail : repair.NotRepaired.Length > 0 ? CheckStatus.Warning : CheckStatus.Pass,
        Summary = $"{repair.Reason} (operation {repair.OperationId})",
        Groups =
        [
            new ReportGroup("Steps", [.. repair.Steps.Select(step => new CheckResult
            {
                Name = step.Action,
                Target = repair.ClusterName,
                Status = step.Outcome switch
                {
                    ClusterRepairStepOutcome.Failed => CheckStatus.Fail,
                    ClusterRepairStepOutcome.Planned => CheckStatus.Unknown,
                    _ => CheckStatus.Pass,
                },
                Message = step.Reason is null ? $"{step.Outcome}." : $"{step.Outcome}: {step.Reason}",
                Evidence = [step.Command],
                Elapsed = step.Duration,
            })], IsSequence: true),
            .. results.Count > 0 ? Health(results) : Left(repair),
        ],
        Spans =
        [
            .. repair.Steps.Where(s => s.Outcome != ClusterRepairStepOutcome.Planned).Select(s => new ReportSpan(
                "repair",
                s.Action,
                repair.StartedAt + s.At,
                repair.StartedAt + s.At + s.Duration,
                s.Outcome == ClusterRepairStepOutcome.Failed ? CheckStatus.Fail : CheckStatus.Pass)),
        ],
    };

    /// <summary>Makes it from a plan without steps.</summary>
    public static Report Of(ClusterRepairPlan plan, IReadOnlyList<CheckResult> results, DateTimeOffset started, DateTimeOffset ended) => new()
    {
        Title = Title,
        Subject = plan.ClusterName,
        Started = started,
        Ended = ended,
        Verdict = plan.NotRepaired.Any(n => n.Status == CheckStatus.Fail) ? CheckStatus.Fail
            : plan.NotRepaired.Length > 0 ? CheckStatus.Warning : CheckStatus.Pass,
        Summary = plan.NotRepaired.Length == 0 ? "It was well; nothing was done." : "There is no step for what is not well; nothing was done.",
        Groups = [.. Health(results)],
    };

    private static IEnumerable<ReportGroup> Left(ClusterRepairReport repair) => repair.NotRepaired.Length == 0 ? [] :
    [
        new ReportGroup("Not repaired", [.. repair.NotRepaired.Select(left => new CheckResult
        {
            Name = left.Name, Target = left.Target, Status = left.Status, Message = left.Reason, Remedy = left.Command,
        })]),
    ];

    private static IEnumerable<ReportGroup> Health(IReadOnlyList<CheckResult> results) =>
        results.GroupBy(r => r.Area).Select(g => new ReportGroup(g.Key, [.. g]));
}
