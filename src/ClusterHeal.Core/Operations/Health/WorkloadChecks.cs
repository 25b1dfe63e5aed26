using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>The workloads of the system, stuck pods, budgets, webhooks and API services.</summary>
internal static class WorkloadChecks
{
    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        HealthCheck.OfKubernetes(HealthArea.System, "SystemWorkloads", System) with { TrustsControllers = true },
        new(HealthArea.Pods, "StuckPods", HealthSource.Kubernetes, Pods),
        HealthCheck.OfKubernetes(HealthArea.Budgets, "BudgetsShut", Shut) with { TrustsControllers = true },
        HealthCheck.OfKubernetes(HealthArea.Budgets, "BudgetsEmpty", Empty),
        HealthCheck.OfKubernetes(HealthArea.Budgets, "BudgetsOverlap", Overlap),
        HealthCheck.OfKubernetes(HealthArea.Extensions, "Webhooks", Webhooks) with { TrustsControllers = true },
        HealthCheck.OfKubernetes(HealthArea.Extensions, "ApiServices", ApiServices),
    ];

    private static IEnumerable<Finding> System(KubernetesFacts api, string cluster) => Finding.OrPass(
        from workload in api.SystemWorkloads.Items
        let status = workload.Status
        let wanted = status.DesiredNumberScheduled ?? workload.Spec.Replicas ?? 1
        let ready = status.NumberReady ?? status.ReadyReplicas ?? 0
        where ready < wanted
        let severity = ready == 0 ? CheckStatus.Fail : CheckStatus.Warning
        select new Finding(severity, workload.Metadata.FullName, $"{ready} of {wanted} pods are ready.")
        {
            Remedy = $"Look at its pods (kubectl get pods -n {workload.Metadata.Namespace}), and where they are (Get-PodPlacement).",
        },
        cluster,
        $"All {api.SystemWorkloads.Items.Count} workloads of kube-system have the pods that they want.");

    private static IEnumerable<Finding> Pods(HealthFacts facts)
    {
        var api = facts.Kubernetes!;
        var pods = api.Pods.Items[0];
        var silent = api.SilentNodes();
        return Finding.OrPass(
            pods.Troubled.Select(p => PodTrouble.Judge(p, api.Now, facts.Options.PodPatience, silent)).OfType<Finding>(),
            facts.ClusterName,
            $"None of {pods.Count} pods is stuck.");
    }

    private static IEnumerable<Finding> Shut(KubernetesFacts api, string cluster) => Finding.OrPass(
        api.Pods.Items[0].Budgets.Where(b => b.Pods > 0 && b.Budget.Status.DisruptionsAllowed <= 0).Select(b => Finding.Warning(
            b.Budget.Metadata.FullName,
            $"It allows no eviction at all: {BudgetAdvice.WhyShut(b.Budget)}.",
            "A drain will hang on it. Run more replicas than minAvailable, or wait until its pods are Ready.",
            $"needs {b.Budget.Status.DesiredHealthy} healthy pods, has {b.Budget.Status.CurrentHealthy} of "
                + $"{b.Budget.Status.ExpectedPods}")),
        cluster,
        "Every budget allows at least one eviction.");

    private static IEnumerable<Finding> Empty(KubernetesFacts api, string cluster) => Finding.OrPass(
        api.Pods.Items[0].Budgets.Where(b => b.Pods == 0).Select(b => Finding.Warning(
            b.Budget.Metadata.FullName,
            "Its selector matches no pod, so it guards nothing.",
            "Compare its selector with the labels of the pods, or remove it.")),
        cluster,
        "Every budget guards pods.");

    private static IEnumerable<Finding> Overlap(KubernetesFacts api, string cluster) => Finding.OrPass(
        api.Pods.Items[0].Shared.GroupBy(s => string.Join(", ", s.Budgets)).Select(group => Finding.Warning(
            group.Key,
            $"They guard the same pods, {group.Count()} of them: the eviction API refuses those for good.",
            "Change the selectors so that each pod has one budget.",
            [.. group.Take(5).Select(s => s.Pod)])),
        cluster,
        "No pod is guarded by two budgets.");

    private static IEnumerable<Finding> Webhooks(KubernetesFacts api, string cluster) => Finding.OrPass(
        api.Webhooks.Items.Where(w => w.ReadyEndpoints == 0).Select(w =>
        {
            const string Remedy =
                "Bring the pods of its service back; where it is left over from something removed, delete the configuration.";
            var target = $"{w.Kind}/{w.Configuration}";
            var said = $"Nothing answers for its webhook '{w.Name}': the service {w.Service} has no ready endpoint";
            return w.FailsClosed
                ? Finding.Fail(target, $"{said}, and every request that it matches is refused (failurePolicy Fail).", Remedy)
                : Finding.Warning(target, $"{said}, and the API server goes on without it (failurePolicy Ignore).", Remedy);
        }),
        cluster,
        $"Something answers for each of {api.Webhooks.Items.Count} webhooks.");

    private static IEnumerable<Finding> ApiServices(KubernetesFacts api, string cluster) => Finding.OrPass(
        from service in api.ApiServices.Items
        let available = service.Status.Conditions?.FirstOrDefault(c => c.Type == "Available")
        where available is { Status: not "True" }
        select Finding.Fail(
            service.Metadata.Name,
            $"It is not available: {available.Message ?? available.Reason}",
            $"Bring the pods of {(service.Spec.Service is { } s ? $"{s.Namespace}/{s.Name}" : "its server")} back. "
                + "Until then namespaces cannot be deleted, and discovery is slow.",
            available.Reason ?? ""),
        cluster,
        "All API services are available.");
}
