using System.Text.Json.Nodes;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>Faults that are put into the cluster by its API, and those of the backups. Each takes a moment.</summary>
internal static class ObjectFaults
{
    private const string Nodes = "/api/v1/nodes";
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
    private const string SystemDeployments = "/apis/apps/v1/namespaces/kube-system/deployments";
    private const string Admission = "/apis/admissionregistration.k8s.io/v1";
    private const string ApiServices = "/apis/apiregistration.k8s.io/v1/apiservices";

    public static IReadOnlyList<LiveFault> All { get; } =
    [
        OfNode("a node calls itself not ready", "trouble", "NotReady", "NodeReady Fail kubew01"),
        OfNode("a disk is nearly full", "trouble", "DiskPressure", "NodePressure Warning kubew01"),
        OfNode("memory runs short", "trouble", "MemoryPressure", "NodePressure Warning kubew01"),
        OfNode("a clock is ahead", "clock-ahead", "90", "NodeClock Warning kubew01"),
        OfNode("a kubelet is newer than the API server", "kubelet-version", "v1.99.0", "NodeVersion Warning kubew01"),
        OfNode("a kubelet is far too old", "kubelet-version", "v1.20.0", "NodeVersion Warning kubew01"),
        new(
            "a node is cordoned",
            lab => lab.PatchAsync($"{Nodes}/kubew01", """{"spec":{"unschedulable":true}}"""),
            lab => lab.PatchAsync($"{Nodes}/kubew01", """{"spec":{"unschedulable":null}}"""),
            "NodeCordon Warning kubew01"),
        new(
            "a node is left marked as out of service",
            lab => lab.PatchAsync(
                $"{Nodes}/kubew01",
                """{"spec":{"taints":[{"key":"node.kubernetes.io/out-of-service","value":"nodeshutdown","effect":"NoExecute"}]}}"""),
            lab => lab.PatchAsync($"{Nodes}/kubew01", """{"spec":{"taints":null}}"""),
            "NodeTaint Warning kubew01"),
        new(
            "no cloud controller manager has made a node ready",
            lab => lab.PatchAsync(
                $"{Nodes}/kubew01",
                """{"spec":{"taints":[{"key":"node.cloudprovider.kubernetes.io/uninitialized","effect":"NoSchedule"}]}}"""),
            lab => lab.PatchAsync($"{Nodes}/kubew01", """{"spec":{"taints":null}}"""),
            "NodeTaint Warning kubew01"),
        OfSystem("no pod of a system workload is ready", ready: false, "SystemWorkloads Fail kube-system/dns"),
        OfSystem("one pod of two of a system workload is ready", ready: true, "SystemWorkloads Warning kube-system/dns"),
        OfPod("no node takes a pod", "", "\"nodeSelector\":{\"disk\":\"none\"},"),
        OfPod("nobody schedules a pod", "", "\"schedulerName\":\"nobody\","),
        OfPod("a container crashes again and again", "\"practice.clusterheal/waits\":\"CrashLoopBackOff\"", ""),
        OfPod("an image cannot be pulled", "\"practice.clusterheal/waits\":\"ImagePullBackOff\"", ""),
        OfPod("a container wants a secret that is not there", "\"practice.clusterheal/waits\":\"CreateContainerConfigError\"", ""),
        new(
            "a container runs between two crashes",
            async lab =>
            {
                await lab.CreateAsync(Pods, Pod("stuck", "", "\"nodeName\":\"kubew01\","));
                await Hosts.HostLab.EventuallyAsync(
                    async () => (string?)(await lab.GetAsync($"{Pods}/stuck"))["status"]?["phase"] == "Running", "the pod runs");
                await lab.PatchAsync($"{Pods}/stuck/status", Crashed(TimeProvider.System.GetUtcNow()));
            },
            lab => lab.DeleteAsync($"{Pods}/stuck?gracePeriodSeconds=0"),
            "StuckPods Warning default/stuck"),
        new(
            "a finalizer keeps a pod",
            async lab =>
            {
                await lab.CreateAsync(Pods, Pod("held", "", "").Replace(
                    "\"name\":\"held\"", "\"name\":\"held\",\"finalizers\":[\"example.org/hold\"]", StringComparison.Ordinal));
                await lab.DeleteAsync($"{Pods}/held?gracePeriodSeconds=0");
            },
            lab => lab.PatchAsync($"{Pods}/held", """{"metadata":{"finalizers":null}}"""),
            "StuckPods Warning default/held"),
        new(
            "a budget guards nothing",
            lab => lab.CreateAsync(Budgets, Budget("idle")),
            lab => lab.DeleteAsync($"{Budgets}/idle"),
            "BudgetsEmpty Warning default/idle"),
        OfBudgets("a budget allows no eviction", ["shut"], "BudgetsShut Warning default/shut"),
        OfBudgets(
            "two budgets guard the same pod",
            ["left", "right"],
            "BudgetsShut Warning default/left",
            "BudgetsShut Warning default/right",
            "BudgetsOverlap Warning default/left, default/right"),
        OfWebhook("Validating", "Fail", "Webhooks Fail ValidatingWebhookConfiguration/broken"),
        OfWebhook("Validating", "Ignore", "Webhooks Warning ValidatingWebhookConfiguration/broken"),
        OfWebhook("Mutating", "Fail", "Webhooks Fail MutatingWebhookConfiguration/broken"),
        new(
            "nothing answers for an API service",
            async lab =>
            {
                await lab.CreateAsync(ApiServices, ApiService);
                await lab.PatchAsync(
                    $"{ApiServices}/v1beta1.lost.example.org/status",
                    """{"status":{"conditions":[{"type":"Available","status":"False","reason":"ServiceNotFound","message":"none"}]}}""");
            },
            lab => lab.DeleteAsync($"{ApiServices}/v1beta1.lost.example.org"),
            "ApiServices Fail v1beta1.lost.example.org"),
        OfBackups(
            "the newest snapshot is old", m => m with { SavedAt = m.SavedAt.AddDays(-3) }, m => m with { SavedAt = m.SavedAt.AddDays(3) },
            "BackupAge Fail"),
        OfBackups(
            "all snapshots are of another cluster",
            m => m with { ClusterId = "x" + m.ClusterId },
            m => m with { ClusterId = m.ClusterId[1..] },
            "BackupAge Fail",
            "RehearsalAge Warning"),
        OfBackups(
            "no restore was ever rehearsed", m => m with { RehearsedAt = null }, m => m with { RehearsedAt = m.SavedAt },
            "RehearsalAge Warning"),
        OfBackups(
            "the last rehearsal was long ago",
            m => m with { RehearsedAt = m.SavedAt.AddDays(-40) },
            m => m with { RehearsedAt = m.SavedAt },
            "RehearsalAge Warning"),
    ];

    private const string ApiService = """
        {
          "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1beta1.lost.example.org"},
          "spec": {
            "group": "lost.example.org", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
            "insecureSkipTLSVerify": true, "service": {"namespace": "kube-system", "name": "lost"}
          }
        }
        """;

    private static LiveFault OfNode(string name, string annotation, string value, string expected)
    {
        Task Annotate(HealthLab lab, string? text) => lab.PatchAsync(
            $"{Nodes}/kubew01",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [$"practice.clusterheal/{annotation}"] = text } },
            }.ToJsonString());
        return new(name, lab => Annotate(lab, value), lab => Annotate(lab, null), expected);
    }

    private static LiveFault OfPod(string name, string annotation, string spec) => new(
        name,
        lab => lab.CreateAsync(Pods, Pod("stuck", annotation, spec)),
        lab => lab.DeleteAsync($"{Pods}/stuck?gracePeriodSeconds=0"),
        "StuckPods Warning default/stuck");

    /// <summary>A deployment whose pods never become ready, or no more since it was changed: the rollout hangs after the first.</summary>
    private static LiveFault OfSystem(string name, bool ready, string expected) => new(
        name,
        async lab =>
        {
            await lab.CreateAsync(SystemDeployments, Deployment(ready ? "0" : "never"));
            if (!ready) return;
            await lab.ExpectWellAsync(hosts: false);
            await lab.PatchAsync(
                $"{SystemDeployments}/dns",
                """{"spec":{"template":{"metadata":{"annotations":{"practice.clusterheal/ready-after":"never"}}}}}""");
        },
        lab => lab.DeleteAsync($"{SystemDeployments}/dns?propagationPolicy=Background"),
        expected);

    private static LiveFault OfBudgets(string name, string[] budgets, params string[] expected) => new(
        name,
        async lab =>
        {
            await lab.CreateAsync(Pods, Pod("guarded", "", ""));
            foreach (var budget in budgets) await lab.CreateAsync(Budgets, Budget(budget));
        },
        async lab =>
        {
            foreach (var budget in budgets) await lab.DeleteAsync($"{Budgets}/{budget}");
            await lab.DeleteAsync($"{Pods}/guarded?gracePeriodSeconds=0");
        },
        expected);

    private static LiveFault OfWebhook(string kind, string policy, string expected)
    {
        var collection = $"{Admission}/{kind.ToLowerInvariant()}webhookconfigurations";
        return new(
            $"nobody answers for a {kind.ToLowerInvariant()} webhook, which {(policy == "Fail" ? "counts" : "is passed over")}",
            lab => lab.CreateAsync(collection, $$"""
                {
                  "apiVersion": "admissionregistration.k8s.io/v1", "kind": "{{kind}}WebhookConfiguration", "metadata": {"name": "broken"},
                  "webhooks": [{
                    "name": "check.example.org", "failurePolicy": "{{policy}}", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                    "clientConfig": {"service": {"namespace": "kube-system", "name": "lost"} },
                    "rules": [{"apiGroups": ["lost.example.org"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["*"]}]
                  }]
                }
                """),
            lab => lab.DeleteAsync($"{collection}/broken"),
            expected);
    }

    private static LiveFault OfBackups(
        string name,
        Func<SnapshotManifest, SnapshotManifest> change,
        Func<SnapshotManifest, SnapshotManifest> back,
        params string[] expected) => new(name, lab => Changed(lab, change), lab => Changed(lab, back), expected);

    private static Task Changed(HealthLab lab, Func<SnapshotManifest, SnapshotManifest> change)
    {
        lab.ChangeManifest(change);
        return Task.CompletedTask;
    }

    private static string Deployment(string readyAfter) => $$"""
        {
          "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "dns"},
          "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": "dns"} },
            "strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1} },
            "template": {
              "metadata": {"labels": {"app": "dns"}, "annotations": {"practice.clusterheal/ready-after": "{{readyAfter}}"} },
              "spec": {"containers": [{"name": "dns", "image": "dns:1"}]}
            }
          }
        }
        """;

    private static string Crashed(DateTimeOffset now) => $$"""
        {
          "status": {
            "containerStatuses": [{
              "name": "main", "image": "nginx:1.27", "imageID": "", "ready": true, "started": true, "restartCount": 5,
              "state": {"running": {"startedAt": "{{now:yyyy-MM-ddTHH:mm:ssZ}}"} },
              "lastState": {"terminated": {
                "exitCode": 137, "reason": "OOMKilled",
                "startedAt": "{{now.AddSeconds(-30):yyyy-MM-ddTHH:mm:ssZ}}", "finishedAt": "{{now.AddSeconds(-10):yyyy-MM-ddTHH:mm:ssZ}}"
              } }
            }]
          }
        }
        """;

    public static string Pod(string name, string annotations, string spec) => $$"""
        {
          "apiVersion": "v1", "kind": "Pod",
          "metadata": {"name":"{{name}}", "labels": {"app": "guarded"}, "annotations": { {{annotations}} } },
          "spec": { {{spec}} "containers": [{"name": "main", "image": "nginx:1.27"}]}
        }
        """;

    private static string Budget(string name) => $$"""
        {
          "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "{{name}}"},
          "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "guarded"} } }
        }
        """;
}
