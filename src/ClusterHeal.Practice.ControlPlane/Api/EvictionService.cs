using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Evicts pods: deletes them if the disruption budget that selects them allows it, and counts that in the budget.</summary>
internal sealed class EvictionService(EtcdStore store, WatchCache cache, ObjectService objects, DeletionService deletions,
    TimeProvider time)
{
    private const string Violation = "Cannot evict pod as it would violate the pod's disruption budget.";
    private const int MaxDisruptedPods = 2000;

    /// <summary>Evicts a pod.</summary>
    /// <exception cref="ApiFault">The budget does not allow it, there is more than one budget, or the pod is not there.</exception>
    public async Task<JsonObject> EvictAsync(ApiPath path, JsonObject body, bool dryRun, CancellationToken cancellationToken)
    {
        if (body.Text("metadata", "name") is { Length: > 0 } named && named != path.Name)
        {
            throw ApiFault.BadRequest("name in URL does not match name in Eviction object");
        }

        var pods = path with { Part = null };
        var options = body["deleteOptions"] as JsonObject ?? [];
        dryRun |= options.Texts("dryRun").Contains("All");
        var pod = (await objects.GetAsync(path.Kind!, path.Namespace, path.Name!, cancellationToken)).Node();
        if (!SkipsBudgets(pod)) await ClaimDisruptionAsync(pod, dryRun, cancellationToken);
        await deletions.DeleteAsync(pods, options, dryRun, cancellationToken, each => MarkDisrupted(each));
        return new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201,
        };
    }

    private static bool SkipsBudgets(JsonObject pod) =>
        pod.Deleting() || pod.Text("status", "phase") is "Pending" or "Succeeded" or "Failed";

    private void MarkDisrupted(JsonObject pod)
    {
        if (SkipsBudgets(pod)) return;
        pod.SetCondition("DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting", time.GetUtcNow());
        pod.Condition("DisruptionTarget")!["lastProbeTime"] = null;
    }

    private async Task ClaimDisruptionAsync(JsonObject pod, bool dryRun, CancellationToken cancellationToken)
    {
        await cache.WaitForAsync(await store.RevisionAsync(cancellationToken), TimeSpan.FromSeconds(3), cancellationToken);
        var matching = cache.Of(ResourceKinds.Budgets).Objects.Values
            .Select(each => each.Node())
            .Where(budget => budget.Namespace() == pod.Namespace() && Selectors.Matches(budget.At("spec", "selector"), pod.Labels()))
            .ToArray();
        if (matching.Length == 0) return;
        if (matching.Length > 1)
        {
            const string TwoBudgets = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            throw new ApiFault(500, null, TwoBudgets);
        }

        var path = new ApiPath(ResourceKinds.Budgets, "policy", "poddisruptionbudgets", pod.Namespace(), matching[0].Name(), "status");
        var ready = pod.ConditionTrue("Ready");
        await objects.UpdateAsync(
            path,
            budget =>
            {
                if (!ready && MayGoUnready(budget)) return budget;
                Check(budget);
                var status = budget.Status();
                status["disruptionsAllowed"] = status.Number("disruptionsAllowed") - 1;
                status.Child("disruptedPods")[pod.Name()] = Json.Stamp(time.GetUtcNow());
                if (status.Number("disruptionsAllowed") == 0)
                {
                    budget.SetCondition("DisruptionAllowed", "False", "InsufficientPods", "", time.GetUtcNow());
                }
                return budget;
            },
            dryRun,
            cancellationToken);
    }

    /// <summary>A pod that is not ready may go if the policy says so, or if enough others are healthy.</summary>
    private static bool MayGoUnready(JsonObject budget)
    {
        if (budget.Text("spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow") return true;
        var desired = budget.Number("status", "desiredHealthy") ?? 0;
        return desired > 0 && (budget.Number("status", "currentHealthy") ?? 0) >= desired
            && (budget.Number("status", "observedGeneration") ?? 0) >= budget.Generation();
    }

    private static void Check(JsonObject budget)
    {
        var name = budget.Name();
        var status = budget["status"];
        if ((status.Number("observedGeneration") ?? 0) < budget.Generation())
        {
            throw Blocked($"The disruption budget {name} is still being processed by the server.", 10);
        }
        var allowed = status.Number("disruptionsAllowed") ?? 0;
        if (allowed < 0)
        {
            throw ApiFault.Forbidden(ResourceKinds.Budgets, name,
                $"poddisruptionbudgets.policy \"{name}\" is forbidden: pdb disruptions allowed is negative");
        }
        if (status.At("disruptedPods") is JsonObject { Count: > MaxDisruptedPods })
        {
            throw ApiFault.Forbidden(
                ResourceKinds.Budgets, name,
                    $"poddisruptionbudgets.policy \"{name}\" is forbidden: "
                    + "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }
        if (allowed > 0) return;

        var condition = budget.Condition("DisruptionAllowed");
        var needs = status.Number("desiredHealthy") ?? 0;
        var has = status.Number("currentHealthy") ?? 0;
        var why = condition.Text("reason") == "SyncFailed"
            ? $"The disruption budget {name} does not allow evicting pods currently because it failed sync: {condition.Text("message")}"
            : has <= needs && needs > 0
                ? $"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
                : $"The disruption budget {name} does not allow evicting pods currently";
        throw Blocked(why, null);
    }

    private static ApiFault Blocked(string why, int? retryAfter)
    {
        var causes = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = why });
        return new ApiFault(429, "TooManyRequests", Violation, new JsonObject { ["causes"] = causes }) { RetryAfterSeconds = retryAfter };
    }
}
