using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Fills in what clients leave out, as the real API server does before it stores an object.</summary>
/// <param name="notReadySeconds">How long pods tolerate a node that is not ready.</param>
/// <param name="unreachableSeconds">How long pods tolerate a node that cannot be reached.</param>
internal sealed class Defaults(int notReadySeconds, int unreachableSeconds)
{
    /// <summary>Completes an object; one that is complete stays as it is.</summary>
    public void Complete(ResourceKind kind, JsonObject o)
    {
        switch (kind.Kind)
        {
            case "Pod":
                CompletePod(o);
                break;
            case "Deployment":
                CompleteDeployment(o.Spec());
                break;
            case "ReplicaSet":
                o.Spec().Default("replicas", 1);
                CompleteTemplate(o.Spec());
                break;
            case "StatefulSet":
                CompleteStatefulSet(o.Spec());
                break;
            case "DaemonSet":
                CompleteDaemonSet(o);
                break;
            case "Job":
                CompleteJob(o);
                break;
            case "Service":
                CompleteService(o.Spec());
                break;
            case "Namespace":
                o.Metadata().Child("labels").Default("kubernetes.io/metadata.name", o.Name());
                o.Spec().Default("finalizers", new JsonArray("kubernetes"));
                o.Status().Default("phase", "Active");
                break;
            case "Secret":
                CompleteSecret(o);
                break;
            case "Node" or "Lease":
                o.Spec();
                break;
        }
    }

    private static void CompleteDeployment(JsonObject spec)
    {
        spec.Default("replicas", 1);
        var strategy = spec.Child("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Child("rollingUpdate").Default("maxUnavailable", "25%");
            strategy.Child("rollingUpdate").Default("maxSurge", "25%");
        }
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        CompleteTemplate(spec);
    }

    private static void CompleteStatefulSet(JsonObject spec)
    {
        spec.Default("replicas", 1);
        spec.Default("podManagementPolicy", "OrderedReady");
        spec.Child("updateStrategy").Default("type", "RollingUpdate");
        if (spec.Text("updateStrategy", "type") == "RollingUpdate")
        {
            spec.Child("updateStrategy").Child("rollingUpdate").Default("partition", 0);
        }
        spec.Default("revisionHistoryLimit", 10);
        spec.Child("persistentVolumeClaimRetentionPolicy").Default("whenDeleted", "Retain");
        spec.Child("persistentVolumeClaimRetentionPolicy").Default("whenScaled", "Retain");
        CompleteTemplate(spec);
    }

    private static void CompleteDaemonSet(JsonObject o)
    {
        var spec = o.Spec();
        o.Metadata().Child("annotations").Default("deprecated.daemonset.template.generation", "1");
        spec.Child("updateStrategy").Default("type", "RollingUpdate");
        if (spec.Text("updateStrategy", "type") == "RollingUpdate")
        {
            spec.Child("updateStrategy").Child("rollingUpdate").Default("maxUnavailable", 1);
            spec.Child("updateStrategy").Child("rollingUpdate").Default("maxSurge", 0);
        }
        spec.Default("revisionHistoryLimit", 10);
        CompleteTemplate(spec);
    }

    private static void CompleteJob(JsonObject o)
    {
        var spec = o.Spec();
        spec.Default("parallelism", 1);
        spec.Default("completions", 1);
        spec.Default("backoffLimit", 6);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("podReplacementPolicy", "TerminatingOrFailed");
        if (spec["selector"] is null && o.Uid().Length > 0)
        {
            var labels = spec.Child("template").Child("metadata").Child("labels");
            foreach (var prefix in (string[])["batch.kubernetes.io/", ""])
            {
                labels[prefix + "controller-uid"] = o.Uid();
                labels[prefix + "job-name"] = o.Name();
            }
            spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = o.Uid() } };
        }
        CompleteTemplate(spec);
    }

    private static void CompleteService(JsonObject spec)
    {
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        if (spec.Text("type") != "ExternalName")
        {
            spec.Default("ipFamilies", new JsonArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
            spec.Default("internalTrafficPolicy", "Cluster");
        }
        if (spec.Text("type") is "NodePort" or "LoadBalancer") spec.Default("externalTrafficPolicy", "Cluster");
        foreach (var port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            port.Default("targetPort", port["port"]?.DeepClone());
        }
    }

    private static void CompleteSecret(JsonObject o)
    {
        o.Default("type", "Opaque");
        if (o["stringData"] is not JsonObject plain) return;
        foreach (var (name, value) in plain)
        {
            o.Child("data")[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value.Text() ?? ""));
        }
        o.Remove("stringData");
    }

    private static void CompleteTemplate(JsonObject spec)
    {
        if (spec["template"] is JsonObject template) CompletePodSpec(template.Spec());
    }

    private static void CompletePodSpec(JsonObject spec)
    {
        foreach (var container in spec.Items("initContainers").Concat(spec.Items("containers"))) CompleteContainer(container);
        foreach (var source in spec.Items("volumes")
            .SelectMany(volume => new[] { volume["configMap"], volume["secret"], volume["projected"] }))
        {
            (source as JsonObject)?.Default("defaultMode", 420);
        }
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Child("securityContext");
        spec.Default("schedulerName", "default-scheduler");
        if (spec.Text("serviceAccountName") is { } account) spec.Default("serviceAccount", account);
    }

    private static void CompleteContainer(JsonObject container)
    {
        container.Child("resources");
        foreach (var port in container.Items("ports")) port.Default("protocol", "TCP");
        var image = container.Text("image") ?? "";
        var tag = image[(image.LastIndexOf('/') + 1)..];
        var isLatest = !tag.Contains(':', StringComparison.Ordinal) || tag.EndsWith(":latest", StringComparison.Ordinal);
        container.Default("imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
    }

    private void CompletePod(JsonObject o)
    {
        var spec = o.Spec();
        CompletePodSpec(spec);
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName"));
        Tolerate(spec, "node.kubernetes.io/not-ready", notReadySeconds);
        Tolerate(spec, "node.kubernetes.io/unreachable", unreachableSeconds);
        spec.Default("priority", 0);
        spec.Default("enableServiceLinks", true);
        spec.Default("preemptionPolicy", "PreemptLowerPriority");
        o.Status().Default("phase", "Pending");
        o.Status().Default("qosClass", QualityOfService(spec));
    }

    private static void Tolerate(JsonObject spec, string taint, int seconds)
    {
        if (spec["tolerations"] is not JsonArray tolerations) spec["tolerations"] = tolerations = [];
        var tolerated = tolerations.Items().Any(each =>
            (each.Text("key") ?? taint) == taint && each.Text("effect") is null or "" or "NoExecute");
        if (tolerated) return;
        tolerations.Add(new JsonObject
        {
            ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = seconds,
        });
    }

    private static string QualityOfService(JsonObject spec)
    {
        var resources = spec.Items("containers").Select(container => container["resources"]).ToArray();
        if (resources.All(each => each.Map("requests").Count == 0 && each.Map("limits").Count == 0)) return "BestEffort";
        var fixedAmounts = resources.All(each => each.Text("limits", "cpu") is { } cpu && each.Text("limits", "memory") is { } memory
            && (each.Text("requests", "cpu") ?? cpu) == cpu && (each.Text("requests", "memory") ?? memory) == memory);
        return fixedAmounts ? "Guaranteed" : "Burstable";
    }
}
