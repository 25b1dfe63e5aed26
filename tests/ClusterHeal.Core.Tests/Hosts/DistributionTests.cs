using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>What is looked for on a host, whichever distribution it has.</summary>
public sealed class DistributionTests
{
    [Theory]
    [InlineData(ClusterComponent.ApiServer, "kube-apiserver.service snap.kube-apiserver.daemon.service")]
    [InlineData(ClusterComponent.Scheduler, "kube-scheduler.service snap.kube-scheduler.daemon.service")]
    [InlineData(ClusterComponent.ControllerManager, "kube-controller-manager.service snap.kube-controller-manager.daemon.service")]
    [InlineData(ClusterComponent.Etcd, "etcd.service etcd-member.service snap.etcd.etcd.service")]
    [InlineData(ClusterComponent.Kubelet, "kubelet.service snap.kubelet.daemon.service")]
    [InlineData(ClusterComponent.ContainerRuntime, "containerd.service crio.service docker.service")]
    public void The_usual_unit_of_a_component_is_looked_for_first(ClusterComponent component, string units) =>
        Assert.Equal(units, string.Join(' ', ComponentDefinition.Of(component).UnitNames));

    [Fact]
    public void The_kubeconfigs_of_kubeadm_are_where_it_writes_them()
    {
        Assert.Equal(["/etc/kubernetes/admin.conf"], Distributions.Of(distribution => distribution.AdminKubeconfigs));
        Assert.Equal(["/etc/kubernetes/super-admin.conf"], Distributions.Of(distribution => distribution.SuperAdminKubeconfigs));
        Assert.Equal(["/etc/kubernetes/manifests"], Distributions.Of(distribution => distribution.ManifestFolder));
    }
}
