using System.Diagnostics;
using ClusterHeal.Operations.Healing;
using ClusterHeal.Reports;

namespace ClusterHeal.Operations;

/// <summary>
/// Tests whether a cluster is healthy: gathers facts from each given source once, and judges them by small checks. It changes nothing. If a source or
/// a check fails, only its own results are unknown. Nothing counts as healthy because of an answer that may be stale.
/// </summary>
/// <param name="sources">Where to look.</param>
/// <param name="options">What to ask.</param>
/// <param name="time">The clock.</param>
public sealed class ClusterHealthTest(HealthSources sources, HealthOptions options, TimeProvider time)
{
    /// <summary>The name of the results that say what was not examined.</summary>
    public const string ScopeName = "Scope";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private static readonly IReadOnlyList<HealthCheck> Catalogue =
        [.. ApiServerChecks.All, .. EtcdChecks.All, .. ControlPlaneChecks.All, .. NodeChecks.All, .. WorkloadChecks.All, .. TimeChecks.All];

    /// <summary>The names of all checks, for completion.</summary>
    public static IReadOnlyList<string> CheckNames { get; } = [.. Catalogue.Select(c => c.Name)];

    /// <summary>The one cause of what the last test saw, as a result that comes before the others; null if there is none.</summary>
    public CheckResult? Cause { get; private set; }

    /// <summary>Tests once.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>At least one result for each check.</returns>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken) =>
        (await LookAsync(cancellationToken).ConfigureAwait(false)).Results;

    /// <summary>Tests once, and returns the facts behind the results, too.</summary>
    internal async Task<(IReadOnlyList<CheckResult> Results, HealthFacts Facts)> LookAsync(CancellationToken cancellationToken)
    {
        var meant = Meant(options);
        var facts = await new HealthSurvey(sources, options, time).RunAsync([.. meant.Select(c => c.Area).Distinct()], cancellationToken)
            .ConfigureAwait(false);
        var results = meant.Where(c => IsGiven(c.Source, c.Area)).SelectMany(c => Judge(c, facts)).ToLookup(r => r.Name == ScopeName);
        // If a check is asked for by name, only that check is done.
        var cause = options.Checks.Count == 0 ? RootCause.Find(facts) : null;
        Cause = cause is not null && meant.Exists(c => cause.Hides(c.Source) || c.Area == cause.Area) ? Stamped(cause.ToResult()) : null;
        IEnumerable<CheckResult> all = [.. Scope(meant), .. results[true].DistinctBy(r => (r.Area, r.Message)), .. results[false]];
        return ([.. all.Select(Stamped)], facts);
    }

    /// <summary>Tests again and again, until the cluster has been healthy for some time. The first test is always a full one.</summary>
    /// <param name="stableFor">How long it must be healthy without a break, from the end of one test to the beginning of another.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="sink">Takes the progress.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The last results, and whether the cluster was healthy for long enough.</returns>
    public async Task<(IReadOnlyList<CheckResult> Results, bool InTime)> WaitAsync(
        TimeSpan stableFor, TimeSpan timeout, IOperationSink sink, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var looked = time.GetTimestamp();
        var results = await RunAsync(cancellationToken).ConfigureAwait(false);
        long? wellSince = null;
        while (true)
        {
            var bad = results.Where(IsBad).ToList();
            var well = bad.Count > 0 || wellSince is null ? TimeSpan.Zero : time.GetElapsedTime(wellSince.Value, looked);
            if (bad.Count == 0 && well >= stableFor) return (results, true);
            wellSince = bad.Count > 0 ? null : wellSince ?? time.GetTimestamp();
            var status = bad.Count == 0 ? $"well for {well.TotalSeconds:0} s" : $"{bad.Count} checks fail: {bad[0]}";
            sink.Progress(new OperationProgress("Waiting for the cluster to be well", status));
            try
            {
                await Task.Delay(Pause, time, either.Token).ConfigureAwait(false);
                looked = time.GetTimestamp();
                results = await RunAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return (results, false);
            }
        }
    }

    /// <summary>Refuses what cannot succeed: a check that does not exist, a wait that is too short.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="stableFor">How long the cluster must be healthy; zero without a wait.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <exception cref="ClusterHealException">It is refused.</exception>
    public static void Validate(HealthOptions options, TimeSpan stableFor, TimeSpan timeout)
    {
        Meant(options);
        if (stableFor < timeout) return;
        throw Invalid(
            $"The cluster cannot be well for {stableFor.TotalSeconds:0} s within the {timeout.TotalSeconds:0} s that are waited.",
            "Wait longer with -TimeoutSec, or ask for less with -StableFor.");
    }

    /// <summary>
    /// The answer in one word: nothing failed, and everything that was asked for could be seen. A source that was not given counts only if its area
    /// or its check was asked for by name.
    /// </summary>
    /// <param name="results">The results.</param>
    public bool IsHealthy(IEnumerable<CheckResult> results) => !results.Any(IsBad);

    /// <summary>The error of a wait that did not succeed.</summary>
    /// <param name="clusterName">The cluster.</param>
    /// <param name="timeout">How long it waited.</param>
    public static ClusterHealException NotInTime(string clusterName, TimeSpan timeout) => new(
        ErrorIds.ClusterNotHealthy,
        FaultCategory.Timeout,
        $"The cluster '{clusterName}' was not well for long enough within {timeout.TotalSeconds:0} s; the results say what was wrong last.",
        clusterName,
        "Follow the remedies of the results, or wait longer with -TimeoutSec.");

    /// <summary>The results as a report.</summary>
    /// <param name="results">The results.</param>
    /// <param name="started">When the test began.</param>
    public Report ToReport(IReadOnlyList<CheckResult> results, DateTimeOffset started) =>
        HealthReportPage.Of(results, sources.ClusterName, IsHealthy(results), started, time.GetUtcNow());

    /// <summary>All checks on these facts.</summary>
    internal static IReadOnlyList<CheckResult> Judge(HealthFacts facts) => [.. Catalogue.SelectMany(c => Judge(c, facts))];

    private CheckResult Stamped(CheckResult result) => result with { ClusterName = sources.ClusterName, CheckedAt = time.GetUtcNow() };

    private bool IsBad(CheckResult result) => result.Status == CheckStatus.Fail
        || (result.Status == CheckStatus.Unknown && (result.Name != ScopeName || options.Areas.Count + options.Checks.Count > 0));

    /// <summary>The checks that were asked for. A name without a check is refused: it would be a test that cannot fail.</summary>
    private static List<HealthCheck> Meant(HealthOptions options)
    {
        var asked = Catalogue.Where(c => options.Areas.Count == 0 || options.Areas.Contains(c.Area)).ToList();
        if (options.Checks.FirstOrDefault(name => !asked.Exists(c => c.IsMeant([name]))) is not { } unknown)
            return asked.FindAll(c => c.IsMeant(options.Checks));
        var where = options.Areas.Count == 0 ? "" : $" in {string.Join(", ", options.Areas)}";
        throw Invalid($"No check{where} is named '{unknown}'.", $"The checks are: {string.Join(", ", asked.Select(c => c.Name))}.");
    }

    private static ClusterHealException Invalid(string message, string remedy) =>
        new(ErrorIds.HealthOptionsInvalid, FaultCategory.InvalidArgument, $"{message} Nothing was looked at.", null, remedy);

    private bool IsGiven(HealthSource source, HealthArea area) => source switch
    {
        HealthSource.Kubernetes => sources.NamesKubernetes,
        HealthSource.Etcd => sources.SeesEtcd,
        HealthSource.Hosts => sources.Hosts.Count > 0,
        HealthSource.Backups => sources.BackupPath is not null,
        _ when area == HealthArea.ApiServer => sources.NamesKubernetes || sources.Hosts.Count > 0,
        _ => sources.NamesKubernetes || sources.SeesEtcd,
    };

    /// <summary>What was asked for without a source to examine, once for each area.</summary>
    private IEnumerable<CheckResult> Scope(IEnumerable<HealthCheck> meant) =>
        meant.Where(c => !IsGiven(c.Source, c.Area)).DistinctBy(c => (c.Area, c.Source)).Select(c => new CheckResult
        {
            Name = ScopeName,
            Area = c.Area.ToString(),
            Target = sources.ClusterName,
            Status = CheckStatus.Unknown,
            Message = c.Source switch
            {
                HealthSource.Etcd => "etcd was not looked at: neither an endpoint nor a host is given.",
                HealthSource.Hosts => "The components on the hosts were not looked at: no host is given.",
                HealthSource.Backups => "The backups were not looked at: no folder is given.",
                _ => "It was not looked at: no kubeconfig is given.",
            },
            Remedy = c.Source switch
            {
                HealthSource.Etcd => "Give the control-plane hosts, or etcd's endpoints: Connect-Cluster -HostName, or -Endpoint.",
                HealthSource.Hosts => "Give the control-plane hosts: Connect-Cluster -HostName.",
                HealthSource.Backups => "Give the folder of the snapshots: -BackupPath.",
                _ => "Give a kubeconfig: Connect-Cluster -Kubeconfig.",
            },
        });

    private static IReadOnlyList<CheckResult> Judge(HealthCheck check, HealthFacts facts)
    {
        var started = Stopwatch.GetTimestamp();
        IReadOnlyList<Finding> findings;
        try
        {
            findings = facts.FaultOf(check.Source) is { } fault
                ? [Unseen(facts, fault)]
                : [.. check.Judge(facts).Select(f => Doubt(check, facts, f))];
        }
        catch (ClusterHealException fault)
        {
            findings = [Unseen(facts, fault)];
        }
        catch (Exception e)
        {
            var message = $"The check itself failed: {e.Message}";
            findings = [Finding.Unknown(facts.ClusterName, message, "Report it with the evidence.", e.ToString().Split('\n'))];
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var isHidden = findings.Any(f => f.IsUnseen) && RootCause.Find(facts)?.Hides(check.Source) == true;
        return
        [
            .. findings.Select(f => Remedies.WithRepair(facts, new CheckResult
            {
                Name = f.IsScope ? ScopeName : check.Name,
                Area = check.Area.ToString(),
                Target = f.Target,
                Status = f.Status,
                Message = f.Message,
                Evidence = [.. f.Evidence],
                Remedy = f.Remedy,
                HostName = f.HostName,
                Component = f.Component,
                NodeName = f.NodeName,
                HostConnection = f.HostConnection,
                CausedBy = isHidden && f.IsUnseen ? RootCause.Name : null,
                Elapsed = elapsed,
            })),
        ];
    }

    private static Finding Unseen(HealthFacts facts, ClusterHealException fault) =>
        Finding.Unknown(facts.ClusterName, $"It could not be seen: {fault.Message}", fault.Remedy ?? "Fix the access first.") with
        {
            IsUnseen = true,
            IsScope = fault.ErrorId == ErrorIds.ComponentNotFound, // The hosts have no etcd: it is somewhere else.
        };

    /// <summary>What the controller manager wrote before it stopped does not prove that anything is good now.</summary>
    private static Finding Doubt(HealthCheck check, HealthFacts facts, Finding finding) =>
        check.TrustsControllers && finding.Status == CheckStatus.Pass && facts.Kubernetes?.ControllersAreLive == false
            ? Finding.Unknown(
                finding.Target,
                "What the API says of it is what the controller manager wrote last, and that one is not at work.",
                "Start the controller manager first (see ControllerManagerLease).")
            : finding;
}
