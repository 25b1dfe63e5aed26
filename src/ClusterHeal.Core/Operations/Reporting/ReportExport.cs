using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Healing;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Reporting;

/// <summary>Makes reports from results of a pipeline.</summary>
/// <param name="time">The clock.</param>
public sealed class ReportExport(TimeProvider time)
{
    private readonly List<Report> _operations = [];
    private readonly List<CheckResult> _checks = [];
    private readonly List<NodeDrainEvent> _events = [];

    /// <summary>The reports of all results so far. Results of checks are one report together.</summary>
    public IReadOnlyList<Report> Reports => _checks.Count == 0 ? _operations : [HealthReportPage.Of(_checks, time.GetUtcNow()), .. _operations];

    /// <summary>Takes a result.</summary>
    /// <param name="result">A result of a check, an event or the result of a drain, or the report of an operation.</param>
    /// <returns>True if it is the report of a whole operation.</returns>
    /// <exception cref="ClusterHealException">It is something else.</exception>
    public bool Add(object result)
    {
        switch (result)
        {
            case CheckResult check:
                _checks.Add(check);
                return false;
            case NodeDrainEvent happened:
                _events.Add(happened);
                return false;
            default:
                _operations.Add(Of(result));
                return true;
        }
    }

    private Report Of(object result) => result switch
    {
        DrillReport drill => DrillReportPage.Of(drill),
        ClusterRestoreReport restore => StepReportPage.Of(restore),
        MemberRepairReport repair => StepReportPage.Of(repair),
        EtcdAlarmReport alarm => StepReportPage.Of(alarm),
        ClusterRepairReport repair => ClusterRepairPage.Of(repair, []),
        NodeDrainResult drain => DrainReportPage.Of(drain, [.. _events.Where(e => e.NodeName == drain.NodeName)]),
        _ => throw new ClusterHealException(
            ErrorIds.ReportObjectUnknown,
            FaultCategory.InvalidArgument,
            $"There is no report of an object of the type {result.GetType().Name}. It was left out.",
            result.ToString(),
            "Pipe the results of Test-ClusterHealth or Test-EtcdSnapshot, of a drill, a restore, a drain or a repair. A plan (-WhatIf) is none, and neither is a "
                + "copy from another process (Start-Job, Import-Clixml)."),
    };
}
