namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>The rules of a role that may do all drills, as about_ClusterHeal_Rights has them, in JSON.</summary>
internal static class DrillRights
{
    /// <summary>The rules that every drill needs.</summary>
    public static IReadOnlyList<string> Rules { get; } =
    [
        Rule("", "namespaces", "create", "delete"),
        Rule("apps", "deployments", "create", "get", "delete"),
        Rule("", "services", "create"),
        Rule("", "configmaps", "create", "get"),
        Rule("", "pods", "create", "get", "list", "delete"),
        Rule("coordination.k8s.io", "leases", "get", "list"),
        Rule("", "nodes", "get", "list"),
    ];

    /// <summary>The rules of a drill.</summary>
    public static IReadOnlyList<string> Of(DrillName drill) => drill switch
    {
        DrillName.NodeMaintenance => [.. Rules, Rule("", "nodes", "patch"), Rule("", "pods/eviction", "create")],
        DrillName.EtcdNoSpace => [.. Rules, Rule("", "configmaps", "patch")],
        _ => Rules,
    };

    public static string Rule(string group, string resource, params string[] verbs) =>
        $$"""{"apiGroups":["{{group}}"],"resources":["{{resource}}"],"verbs":[{{string.Join(',', verbs.Select(verb => $"\"{verb}\""))}}]}""";
}
