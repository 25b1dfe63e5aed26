namespace ClusterHeal.Practice.ControlPlane.Objects;

/// <summary>
/// All kinds that the practice control plane serves. Webhooks and API services are kept, so that there is something to find about them;
/// nobody calls them.
/// </summary>
internal static class ResourceKinds
{
    public static readonly ResourceKind ConfigMaps = new("", "v1", "configmaps", "ConfigMap", true) { ShortNames = ["cm"] };
    public static readonly ResourceKind Endpoints =
        new("", "v1", "endpoints", "Endpoints", true) { ShortNames = ["ep"], StoredAs = "services/endpoints" };
    public static readonly ResourceKind Events = new("", "v1", "events", "Event", true)
    {
        ShortNames = ["ev"],
        SelectableFields = ["involvedObject.kind", "involvedObject.name", "involvedObject.namespace", "involvedObject.uid", "reason",
            "type"],
    };
    public static readonly ResourceKind Namespaces =
        new("", "v1", "namespaces", "Namespace", false) { ShortNames = ["ns"], HasStatus = true, SelectableFields = ["status.phase"] };
    public static readonly ResourceKind Nodes = new("", "v1", "nodes", "Node", false)
    {
        ShortNames = ["no"], HasStatus = true, StoredAs = "minions", SelectableFields = ["spec.unschedulable"],
    };
    public static readonly ResourceKind PersistentVolumeClaims = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true)
    {
        ShortNames = ["pvc"], HasStatus = true, DeletionReturnsObject = true,
    };
    public static readonly ResourceKind Pods = new("", "v1", "pods", "Pod", true)
    {
        ShortNames = ["po"], InAll = true, HasStatus = true, HasGeneration = true, DeletionReturnsObject = true,
        SelectableFields = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase",
            "status.podIP"],
    };
    public static readonly ResourceKind Secrets = new("", "v1", "secrets", "Secret", true) { SelectableFields = ["type"] };
    public static readonly ResourceKind ServiceAccounts =
        new("", "v1", "serviceaccounts", "ServiceAccount", true) { ShortNames = ["sa"], DeletionReturnsObject = true };
    public static readonly ResourceKind Services = new("", "v1", "services", "Service", true)
    {
        ShortNames = ["svc"], InAll = true, HasStatus = true, StoredAs = "services/specs", DeletionReturnsObject = true,
        SelectableFields = ["spec.clusterIP", "spec.type"],
    };
    public static readonly ResourceKind ControllerRevisions = new("apps", "v1", "controllerrevisions", "ControllerRevision", true);
    public static readonly ResourceKind DaemonSets =
        new("apps", "v1", "daemonsets", "DaemonSet", true) { ShortNames = ["ds"], InAll = true, HasStatus = true, HasGeneration = true };
    public static readonly ResourceKind Deployments = new("apps", "v1", "deployments", "Deployment", true)
    {
        ShortNames = ["deploy"], InAll = true, HasStatus = true, HasScale = true, HasGeneration = true,
    };
    public static readonly ResourceKind ReplicaSets = new("apps", "v1", "replicasets", "ReplicaSet", true)
    {
        ShortNames = ["rs"], InAll = true, HasStatus = true, HasScale = true, HasGeneration = true, SelectableFields = ["status.replicas"],
    };
    public static readonly ResourceKind StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet", true)
    {
        ShortNames = ["sts"], InAll = true, HasStatus = true, HasScale = true, HasGeneration = true,
    };
    public static readonly ResourceKind Jobs = new("batch", "v1", "jobs", "Job", true)
    {
        InAll = true, HasStatus = true, HasGeneration = true, SelectableFields = ["status.successful"],
    };
    public static readonly ResourceKind Leases = new("coordination.k8s.io", "v1", "leases", "Lease", true);
    public static readonly ResourceKind EndpointSlices =
        new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true) { HasGeneration = true };
    public static readonly ResourceKind Budgets = new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true)
    {
        ShortNames = ["pdb"], HasStatus = true, HasGeneration = true,
    };

    public static readonly ResourceKind ApiServices = new("apiregistration.k8s.io", "v1", "apiservices", "APIService", false)
    {
        StoredAs = "apiregistration.k8s.io/apiservices", HasStatus = true,
    };
    public static readonly ResourceKind ValidatingWebhooks = Webhooks("validatingwebhookconfigurations", "ValidatingWebhookConfiguration");
    public static readonly ResourceKind MutatingWebhooks = Webhooks("mutatingwebhookconfigurations", "MutatingWebhookConfiguration");

    /// <summary>All of them, in the order in which discovery lists them: groups by rank, names by alphabet.</summary>
    public static readonly ResourceKind[] All =
    [
        ConfigMaps, Endpoints, Events, Namespaces, Nodes, PersistentVolumeClaims, Pods, Secrets, ServiceAccounts, Services,
        ControllerRevisions, DaemonSets, Deployments, ReplicaSets, StatefulSets, Jobs, Budgets, Leases, EndpointSlices,
        ApiServices, MutatingWebhooks, ValidatingWebhooks,
    ];

    /// <summary>The kinds of all namespaced objects, which go with their namespace.</summary>
    public static IEnumerable<ResourceKind> InNamespaces => All.Where(kind => kind.Namespaced);

    public static ResourceKind? Find(string group, string version, string plural) =>
        Array.Find(All, kind => kind.Plural == plural && kind.Group == group && kind.Version == version);

    public static ResourceKind? OfObject(string? apiVersion, string? kind) =>
        Array.Find(All, each => each.Kind == kind && each.ApiVersion == apiVersion);

    private static ResourceKind Webhooks(string plural, string kind) =>
        new("admissionregistration.k8s.io", "v1", plural, kind, false) { HasGeneration = true };
}
