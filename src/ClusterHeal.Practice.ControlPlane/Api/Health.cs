using System.Text;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>The health endpoints: <c>/livez</c>, <c>/readyz</c>, <c>/healthz</c>, with all their checks or one.</summary>
internal static class Health
{
    private static readonly string[] Common =
    [
        "poststarthook/start-apiserver-admission-initializer", "poststarthook/generic-apiserver-start-informers",
        "poststarthook/priority-and-fairness-config-consumer", "poststarthook/priority-and-fairness-filter",
        "poststarthook/storage-object-count-tracker-hook", "poststarthook/start-apiextensions-informers",
        "poststarthook/start-apiextensions-controllers", "poststarthook/crd-informer-synced",
        "poststarthook/start-system-namespaces-controller", "poststarthook/peer-endpoint-reconciler-controller",
        "poststarthook/start-cluster-authentication-info-controller", "poststarthook/start-kube-apiserver-identity-lease-controller",
        "poststarthook/start-kube-apiserver-identity-lease-garbage-collector", "poststarthook/storage-readiness",
        "poststarthook/start-legacy-token-tracking-controller", "poststarthook/start-service-ip-repair-controllers",
        "poststarthook/rbac/bootstrap-roles", "poststarthook/scheduling/bootstrap-system-priority-classes",
        "poststarthook/priority-and-fairness-config-producer", "poststarthook/bootstrap-controller",
        "poststarthook/start-kubernetes-service-cidr-controller", "poststarthook/aggregator-reload-proxy-client-cert",
        "poststarthook/start-kube-aggregator-informers", "poststarthook/apiservice-status-local-available-controller",
        "poststarthook/apiservice-status-remote-available-controller", "poststarthook/apiservice-registration-controller",
        "poststarthook/apiservice-wait-for-first-sync", "poststarthook/apiservice-discovery-controller",
        "poststarthook/kube-apiserver-autoregistration", "autoregister-completion", "poststarthook/apiservice-openapi-controller",
        "poststarthook/apiservice-openapiv3-controller",
    ];

    private static readonly string[] Live = ["ping", "log", "loopback-serving-certificate", "etcd", .. Common];
    private static readonly string[] Ready = ["ping", "log", "etcd", "etcd-readiness", "informer-sync", .. Common, "shutdown"];

    /// <summary>The answer of an endpoint.</summary>
    /// <param name="path"><c>/livez</c>, or <c>/livez/etcd</c> for one check.</param>
    /// <param name="verbose">True to show each check.</param>
    /// <param name="excluded">Checks that do not count.</param>
    /// <param name="failing">Checks that fail at present.</param>
    /// <returns>Code and text, or null if there is no such check.</returns>
    public static (int Code, string Text)? Of(string path, bool verbose, IReadOnlyCollection<string?> excluded,
        IReadOnlyCollection<string> failing)
    {
        var endpoint = path.TrimStart('/').Split('/', 2);
        var checks = endpoint[0] == "readyz" ? Ready : Live;
        if (endpoint.Length == 2)
        {
            if (!checks.Contains(endpoint[1])) return null;
            return failing.Contains(endpoint[1]) ? (500, "internal server error: reason withheld\n") : (200, "ok");
        }

        var text = new StringBuilder();
        var failed = false;
        foreach (var check in checks)
        {
            if (excluded.Contains(check))
            {
                text.Append(null, $"[+]{check} excluded: ok\n");
                continue;
            }
            failed |= failing.Contains(check);
            text.Append(failing.Contains(check) ? $"[-]{check} failed: reason withheld\n" : $"[+]{check} ok\n");
        }
        if (failed) return (500, text.Append(null, $"{endpoint[0]} check failed\n").ToString());
        return (200, verbose ? text.Append(null, $"{endpoint[0]} check passed\n").ToString() : "ok");
    }
}
