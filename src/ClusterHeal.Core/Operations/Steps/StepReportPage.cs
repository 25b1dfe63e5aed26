using ClusterHeal.Reports;

namespace ClusterHeal.Operations;

/// <summary>An operation of steps as a report: a restore, the repair of a member, the clearing of alarms. The timeline shows the steps, too.</summary>
internal static class StepReportPage
{
    /// <summary>A restore of a cluster, or its undo.</summary>
    public static Report Of(ClusterRestoreReport restore) => Of(
        restore.Outcome == ClusterRestoreOutcome.Undone ? "Undone restore" : "Restore",
        restore.ClusterName,
        restore.StartedAt,
        restore.Duration,
        $"{restore.Outcome}",
        restore.Reason,
        restore.Steps,
        Facts(
            ("hosts", $"{restore.HostName}"),
            ("operation", restore.OperationId),
            ("cluster ID", restore.ClusterId),
            ("proven at revision", restore.Revision?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("snapshot from before", restore.LastSnapshotPath)));

    /// <summary>The repair of a member of etcd, or its undo.</summary>
    public static Report Of(MemberRepairReport repair) => Of(
        $"Repair of etcd member {repair.MemberName}",
        repair.ClusterName,
        repair.StartedAt,
        repair.Duration,
        $"{repair.Outcome}",
        repair.Reason,
        repair.Steps,
        Facts(
            ("host", repair.HostName),
            ("operation", repair.OperationId),
            ("member ID", repair.MemberId),
            ("former member ID", repair.FormerId),
            ("former data", repair.FormerData),
            ("snapshot from before", repair.SnapshotPath)));

    /// <summary>The clearing of etcd's alarms.</summary>
    public static Report Of(EtcdAlarmReport alarm) => Of(
        "Alarms of etcd",
        alarm.Cluster,
        alarm.StartedAt,
        alarm.Duration,
        $"{alarm.Outcome}",
        alarm.Reason,
        alarm.Steps,
        Facts(("alarms", alarm.Alarms.Length > 0 ? $"{alarm.Alarms}" : null), ("defragmented", alarm.Members.Length > 0 ? $"{alarm.Members}" : null)));

    private static Report Of(
        string title,
        string cluster,
        DateTimeOffset started,
        TimeSpan duration,
        string outcome,
        string? reason,
        IReadOnlyList<ClusterRestoreStep> steps,
        string[] facts)
    {
        var whole = reason is null ? $"{outcome}." : $"{outcome}: {reason}";
        var verdict = reason is not null ? CheckStatus.Fail : steps.Any(s => s.Status == CheckStatus.Warning) ? CheckStatus.Warning : CheckStatus.Pass;
        return new Report
        {
            Title = title,
            Subject = cluster,
            Started = started,
            Ended = started + duration,
            Verdict = verdict,
            Summary = whole,
            Groups =
            [
                new ReportGroup("Outcome", [new CheckResult
                {
                    Name = title,
                    Target = cluster,
                    Status = reason is null ? CheckStatus.Pass : CheckStatus.Fail,
                    Message = whole,
                    Evidence = facts,
                    Elapsed = duration,
                }], IsSequence: true),
                new ReportGroup("Steps", [.. steps.Select(step => new CheckResult
                {
                    Name = step.Name,
                    Target = cluster,
                    Status = step.Status,
                    Message = step.Message ?? "",
                    Elapsed = step.Duration,
                })], IsSequence: true),
            ],
            // A lane for each step: a bar has no space for its name.
            Spans = [.. steps.Select(s => new ReportSpan(s.Name, ReportText.Length(s.Duration), started + s.At, started + s.At + s.Duration, s.Status))],
        };
    }

    private static string[] Facts(params (string Name, string? Value)[] facts) =>
        [.. facts.Where(f => f.Value is not null).Select(f => $"{f.Name}: {f.Value}")];
}
