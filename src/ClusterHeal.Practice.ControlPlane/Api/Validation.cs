using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>The rules that people meet. A practice cluster does not have the many others.</summary>
internal static class Validation
{
    private const string NameRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>Checks an object that is complete.</summary>
    /// <exception cref="ApiFault">It breaks a rule.</exception>
    public static void Demand(ResourceKind kind, JsonObject o)
    {
        if (o.Name().Length == 0) throw Required(kind, o, "metadata.name", "name or generateName is required");
        if (!Names.IsValid(o.Name()))
        {
            throw ApiFault.Invalid(kind, o.Name(), "metadata.name", "FieldValueInvalid", $"Invalid value: \"{o.Name()}\": {NameRule}");
        }
        if (kind.Kind == "Pod") DemandContainers(kind, o, o["spec"], "spec");
        if (kind.Kind is not ("Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" or "Job")) return;

        DemandContainers(kind, o, o.At("spec", "template", "spec"), "spec.template.spec");
        if (kind.Kind == "Job") return;
        if (o.At("spec", "selector") is null) throw Required(kind, o, "spec.selector", null);
        if (!Selectors.Matches(o.At("spec", "selector"), o.Map("spec", "template", "metadata", "labels")))
        {
            var labels = o.At("spec", "template", "metadata", "labels")?.ToJsonString(Json.Options) ?? "null";
            throw ApiFault.Invalid(
                kind, o.Name(), "spec.template.metadata.labels", "FieldValueInvalid",
                $"Invalid value: {labels}: `selector` does not match template `labels`");
        }
    }

    private static void DemandContainers(ResourceKind kind, JsonObject o, JsonNode? spec, string field)
    {
        if (!spec.Items("containers").Any()) throw Required(kind, o, $"{field}.containers", null);
        var index = 0;
        foreach (var container in spec.Items("containers"))
        {
            if (string.IsNullOrEmpty(container.Text("name"))) throw Required(kind, o, $"{field}.containers[{index}].name", null);
            if (string.IsNullOrEmpty(container.Text("image"))) throw Required(kind, o, $"{field}.containers[{index}].image", null);
            index++;
        }
    }

    private static ApiFault Required(ResourceKind kind, JsonObject o, string field, string? why) => ApiFault.Invalid(
        kind, o.Name(), field, "FieldValueRequired", why is null ? "Required value" : $"Required value: {why}");
}
