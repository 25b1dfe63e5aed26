using System.Text.Json.Nodes;

namespace ClusterHeal.Practice.ControlPlane.Objects;

/// <summary>The fields that every object has.</summary>
internal static class Meta
{
    public static string Name(this JsonObject o) => o.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonObject o) => o.Text("metadata", "namespace") ?? "";

    public static string Uid(this JsonObject o) => o.Text("metadata", "uid") ?? "";

    public static string Kind(this JsonObject o) => o.Text("kind") ?? "";

    public static long Revision(this JsonObject o) => long.TryParse(o.Text("metadata", "resourceVersion"), out var revision) ? revision : 0;

    public static long Generation(this JsonObject o) => o.Number("metadata", "generation") ?? 0;

    public static IReadOnlyDictionary<string, string> Labels(this JsonObject o) => o.Map("metadata", "labels");

    public static string? Annotation(this JsonObject o, string name) => o.Text("metadata", "annotations", name);

    public static bool Deleting(this JsonObject o) => o.At("metadata", "deletionTimestamp") is not null;

    public static JsonObject Metadata(this JsonObject o) => o.Child("metadata");

    public static JsonObject Spec(this JsonObject o) => o.Child("spec");

    public static JsonObject Status(this JsonObject o) => o.Child("status");

    public static IEnumerable<JsonObject> Owners(this JsonObject o) => o.Items("metadata", "ownerReferences");

    /// <summary>The owner that manages the object, or null.</summary>
    public static JsonObject? Controller(this JsonObject o) => o.Owners().FirstOrDefault(owner => owner.Flag("controller"));

    public static bool ControlledBy(this JsonObject o, JsonObject owner) => o.Controller().Text("uid") == owner.Uid();

    /// <summary>A condition of the status, or null.</summary>
    public static JsonObject? Condition(this JsonObject o, string type) =>
        o.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);

    public static bool ConditionTrue(this JsonObject o, string type) => o.Condition(type).Text("status") == "True";

    /// <summary>A reference to the owner that manages what gets it.</summary>
    public static JsonObject ControllerReference(this JsonObject owner) => new()
    {
        ["apiVersion"] = owner.Text("apiVersion"),
        ["kind"] = owner.Kind(),
        ["name"] = owner.Name(),
        ["uid"] = owner.Uid(),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    /// <summary>Sets a condition; the time of its transition changes only if its status does.</summary>
    /// <returns>True if anything changed.</returns>
    public static bool SetCondition(this JsonObject o, string type, string status, string? reason, string? message, DateTimeOffset now)
    {
        if (o.Status()["conditions"] is not JsonArray conditions) o.Status()["conditions"] = conditions = [];
        var condition = o.Condition(type);
        if (condition is null) conditions.Add(condition = new JsonObject { ["type"] = type });
        if (condition.Text("status") == status && condition.Text("reason") == reason && condition.Text("message") == message) return false;
        if (condition.Text("status") != status) condition["lastTransitionTime"] = Json.Stamp(now);
        condition["status"] = status;
        Put(condition, "reason", reason);
        Put(condition, "message", message);
        return true;
    }

    private static void Put(JsonObject condition, string name, string? value)
    {
        if (value is null) condition.Remove(name);
        else condition[name] = value;
    }
}
