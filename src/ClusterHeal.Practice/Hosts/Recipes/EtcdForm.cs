namespace ClusterHeal.Practice.Hosts.Recipes;

/// <summary>How etcd is run on a control-plane host.</summary>
public enum EtcdForm
{
    /// <summary>As <c>etcd.service</c> with its settings in <c>/etc/etcd/etcd.conf</c>, the way a cluster built by hand has it.</summary>
    SystemdUnit,

    /// <summary>As a static pod of the kubelet in <c>/etc/kubernetes/manifests/etcd.yaml</c>, the way kubeadm lays it out.</summary>
    StaticPod,
}
