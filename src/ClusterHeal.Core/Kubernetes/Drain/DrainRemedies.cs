namespace ClusterHeal.Kubernetes;

/// <summary>Says what would help with the pods that a drain could not remove: for each kind of obstacle what to do next.</summary>
internal static class DrainRemedies
{
    /// <summary>The remedies for what is in the way of these pods, each once.</summary>
    public static string For(IEnumerable<RemainingPod> pods) => string.Join(" ", pods.Select(p => For(p.Obstacle)).Distinct());

    private static string For(EvictionObstacle obstacle) => obstacle switch
    {
        EvictionObstacle.Budget =>
            "Get-NodeDrainPlan says what would open the budget: more Ready pods, another rule, or an unhealthy pod policy.",
        EvictionObstacle.BudgetNotObserved =>
            "Start kube-controller-manager (Get-ControlPlaneComponent): nobody else looks at a budget that has changed.",
        EvictionObstacle.SeveralBudgets => "Change the selectors so that one budget guards the pod; Get-NodeDrainPlan names them.",
        EvictionObstacle.BudgetOutOfOrder =>
            "Look at the budget's status and at the log of kube-controller-manager, which keeps it; or delete the budget and create it again.",
        EvictionObstacle.ServerBusy => "Drain again a little later, or wait longer with -TimeoutSec.",
        EvictionObstacle.ServerUnavailable => "Look at the API server's /livez, then at etcd (Get-EtcdMember), and drain again.",
        EvictionObstacle.Webhook =>
            "Do what the webhook's reason asks for, or bring its service back; 'kubectl get validatingwebhookconfigurations' lists them.",
        EvictionObstacle.NamespaceTerminating => "Wait until the namespace is gone; its pods go with it.",
        EvictionObstacle.NamespaceMissing =>
            "See whether the namespace exists. After a restore of etcd restart the API servers, which may still show what was before.",
        EvictionObstacle.Forbidden =>
            "Ask for the right to create pods/eviction there, or log in again; 'kubectl auth can-i create pods/eviction' tells.",
        EvictionObstacle.Rejected => "The server does not take this request from this version of the module; remove the pod by hand.",
        _ =>
            "Pods that are ending wait for their kubelet or for whoever set their finalizers; or do not wait, with -SkipWaitForDeleteTimeoutSec.",
    };
}
