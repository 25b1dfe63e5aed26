using System.Globalization;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations.Reporting;

/// <summary>The drain of a node as a report: each pod is a check, and a lane of the timeline. Without the events, only the pods that remain are known.</summary>
internal static class DrainReportPage
{
    // A node may have a few hundred pods, and most leave within a second. The timeline has those that took longest.
    private const int MostLanes = 40;

    /// <summary>Makes it.</summary>
    /// <param name="drain">How it ended.</param>
    /// <param name="events">What happened on the node, in the order of time; none if they were not kept.</param>
    public static Report Of(NodeDrainResult drain, IReadOnlyList<NodeDrainEvent> events)
    {
        var ended = drain.StartedAt + drain.Duration;
        var pods = events.Where(e => e.Pod is not null).GroupBy(e => e.Pod!).ToArray();
        var lanes = pods.Select(pod => Spans(pod.Key, [.. pod], ended)).Where(spans => spans.Count > 0)
            .OrderByDescending(spans => spans.Any(s => s.Status == CheckStatus.Fail))
            .ThenByDescending(spans => spans[^1].To - spans[0].From)
            .Take(MostLanes);
        return new Report
        {
            Title = $"Drain of {drain.NodeName}",
            Subject = drain.ClusterName,
            // The node was cordoned, and waited for its turn, before its own drain began.
            Started = events.Count > 0 && events[0].Time < drain.StartedAt ? events[0].Time : drain.StartedAt,
            Ended = ended,
            Verdict = drain.Succeeded ? CheckStatus.Pass : CheckStatus.Fail,
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"{(drain.Succeeded ? "Drained" : "Not drained")}: {Pods(drain.Removed)} gone, {drain.Skipped} left on purpose, {drain.Remaining.Count} remain. {drain.Message}").TrimEnd(),
            Groups =
            [
                new ReportGroup("Node", [new CheckResult
                {
                    Name = $"Drain of {drain.NodeName}",
                    Target = drain.ClusterName,
                    Status = drain.Succeeded ? CheckStatus.Pass : CheckStatus.Fail,
                    Message = drain.Message ?? "Every pod that had to leave is gone.",
                    Evidence = [.. events.Where(e => e.Pod is null).Select(e => $"{ReportText.Moment(e.Time)}: {e.Kind} {e.Message}".TrimEnd())],
                    Elapsed = drain.Duration,
                }]),
                new ReportGroup("Pods", [.. drain.Remaining.Select(pod => Remains(drain.NodeName, pod)), .. pods.Where(p => !drain.Remaining.Any(r => Name(r) == p.Key)).Select(p => Left(p.Key, [.. p]))]),
            ],
            Spans = [.. lanes.SelectMany(spans => spans)],
            Moments = [.. events.Where(e => e.Pod is null).Select(e => new ReportMoment(e.Time, $"{e.Kind} {e.Message}".TrimEnd(), Colour(e.Kind)))],
        };
    }

    private static string Name(RemainingPod pod) => $"{pod.Namespace}/{pod.PodName}";

    private static string Pods(int count) => count == 1 ? "1 pod" : string.Create(CultureInfo.InvariantCulture, $"{count} pods");

    private static CheckResult Remains(string node, RemainingPod pod) => new()
    {
        Name = Name(pod), Target = node, Status = CheckStatus.Fail, Message = pod.Message, Evidence = pod.Since is { } since ? [$"since {ReportText.Moment(since)}"] : [],
    };

    private static CheckResult Left(string name, NodeDrainEvent[] events)
    {
        var last = events[^1];
        return new CheckResult
        {
            Name = name,
            Target = last.NodeName,
            Status = CheckStatus.Pass,
            Message = last.Kind switch
            {
                NodeDrainEventKind.Skipped => $"It was left where it is: {last.Message}",
                NodeDrainEventKind.PodGone => "It is gone.",
                _ => $"{last.Kind} {last.Message}".TrimEnd(),
            },
            Evidence = [.. events.SkipLast(1).Where(e => e.Message.Length > 0).Select(e => $"{ReportText.Moment(e.Time)}: {e.Kind}: {e.Message}")],
            Elapsed = last.Time - events[0].Time,
        };
    }

    // A state lasts until the next event of the pod; the last one until the pod is gone or the drain has ended.
    private static List<ReportSpan> Spans(string pod, NodeDrainEvent[] events, DateTimeOffset ended)
    {
        var spans = new List<ReportSpan>();
        for (var i = 0; i < events.Length; i++)
        {
            var (text, status) = events[i].Kind switch
            {
                NodeDrainEventKind.Blocked => ($"blocked{(events[i].Budget is { } budget ? $" by {budget}" : "")}", CheckStatus.Fail),
                NodeDrainEventKind.Evicting => ("ending", CheckStatus.Pass),
                NodeDrainEventKind.Lingering => ("still ending", CheckStatus.Warning),
                NodeDrainEventKind.PodFailed => ("stays", CheckStatus.Fail),
                _ => ("", default(CheckStatus?)),
            };
            if (text.Length > 0) spans.Add(new ReportSpan(pod, text, events[i].Time, i + 1 < events.Length ? events[i + 1].Time : ended, status));
        }

        return spans;
    }

    private static CheckStatus? Colour(NodeDrainEventKind kind) => kind switch
    {
        NodeDrainEventKind.ApiUnavailable => CheckStatus.Fail,
        NodeDrainEventKind.Uncordoned => CheckStatus.Warning,
        _ => null,
    };
}
