namespace ClusterHeal;

/// <content>Kubernetes: kubeconfig, the API client, nodes and drains.</content>
public static partial class ErrorIds
{
    /// <summary>No kubeconfig file was found, and this is not a pod of a cluster.</summary>
    public const string KubeconfigNotFound = "KubeconfigNotFound";

    /// <summary>A kubeconfig file is not YAML or not of the form that kubectl reads.</summary>
    public const string KubeconfigInvalid = "KubeconfigInvalid";

    /// <summary>A context, cluster or user that was named is not in the kubeconfig.</summary>
    public const string KubeconfigEntryNotFound = "KubeconfigEntryNotFound";

    /// <summary>The credential plugin of a kubeconfig returned no credentials.</summary>
    public const string CredentialPluginFailed = "CredentialPluginFailed";

    /// <summary>The API server did not answer before the deadline.</summary>
    public const string ApiServerTimeout = "ApiServerTimeout";

    /// <summary>The API server does not accept the credentials.</summary>
    public const string ApiServerUnauthorized = "ApiServerUnauthorized";

    /// <summary>The API server knows the user, and the user may not do this.</summary>
    public const string ApiServerForbidden = "ApiServerForbidden";

    /// <summary>The object does not exist in the cluster.</summary>
    public const string KubernetesObjectNotFound = "KubernetesObjectNotFound";

    /// <summary>The object was changed by someone else in between.</summary>
    public const string KubernetesConflict = "KubernetesConflict";

    /// <summary>The API server is busy and asks for a later retry.</summary>
    public const string ApiServerBusy = "ApiServerBusy";

    /// <summary>The resource version is compacted: list again.</summary>
    public const string ResourceVersionExpired = "ResourceVersionExpired";

    /// <summary>The API server refused the request for another reason.</summary>
    public const string KubernetesRequestFailed = "KubernetesRequestFailed";

    /// <summary>The API server's answer could not be understood.</summary>
    public const string KubernetesAnswerInvalid = "KubernetesAnswerInvalid";

    /// <summary>No cluster is connected and none was named.</summary>
    public const string NotConnected = "NotConnected";

    /// <summary>Connections to different clusters came through the pipeline of one call that works on one.</summary>
    public const string SeveralConnections = "SeveralConnections";

    /// <summary>A node did not reach the wanted state in time.</summary>
    public const string NodeConditionTimeout = "NodeConditionTimeout";

    /// <summary>Pods on the node cannot be evicted with the options given; nothing was evicted.</summary>
    public const string DrainRefused = "DrainRefused";

    /// <summary>The node has an etcd member that the cluster needs for its quorum.</summary>
    public const string DrainWouldBreakQuorum = "DrainWouldBreakQuorum";

    /// <summary>The drain did not end in time.</summary>
    public const string DrainTimeout = "DrainTimeout";

    /// <summary>Some pods could not be evicted.</summary>
    public const string DrainIncomplete = "DrainIncomplete";

    /// <summary>The node's kubelet does not answer, so its pods cannot end.</summary>
    public const string DrainNodeDead = "DrainNodeDead";
}
