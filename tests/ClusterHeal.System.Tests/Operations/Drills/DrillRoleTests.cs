using ClusterHeal.Kubernetes;
using k8s;
using k8s.Models;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>Every drill, by a user with the rights that about_ClusterHeal_Rights names and no more. Only real API servers know of rights.</summary>
[Collection(DrillLab.Name)]
public sealed class DrillRoleTests(DrillLab lab)
{
    private const string User = "driller";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(DrillLab.Drills), MemberType = typeof(DrillLab))]
    public async Task A_drill_needs_these_rights_and_no_more(DrillName name)
    {
        Require();
        var request = await lab.RequestAsync(name);
        var (report, sink) = await DrillLab.RunAsync(request with { Kubernetes = await UserAsync(name) });

        Assert.True(report.Verdict == DrillVerdict.AsExpected, DrillLab.Text(report));
        Assert.DoesNotContain(sink.Warnings, warning => warning.Contains("is left", StringComparison.Ordinal));
        await lab.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task To_take_one_back_needs_no_more_than_to_do_it()
    {
        Require();
        await DrillOperator.RunAndDieAsync(lab.Cluster, DrillName.NodeMaintenance, $"{DrillPhase.Observation}", healAfter: null, Stop);
        await lab.UndoAsync(DrillName.NodeMaintenance, user: await UserAsync(DrillName.NodeMaintenance));
    }

    private void Require()
    {
        Assert.SkipUnless(lab.Cluster.IsReal, "KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and the others.");
        DrillLab.SkipUnlessAll();
    }

    /// <summary>The user's way to the API, with the rights for a drill.</summary>
    private async Task<KubernetesConnection> UserAsync(DrillName drill)
    {
        var user = $"{User}-{drill}".ToLowerInvariant();
        var role = new V1ClusterRole { Metadata = new V1ObjectMeta { Name = user }, Rules = [.. DrillRights.Of(drill).Select(rule => k8s.KubernetesJson.Deserialize<V1PolicyRule>(rule))] };
        var binding = new V1ClusterRoleBinding
        {
            Metadata = new V1ObjectMeta { Name = user },
            RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = user },
            Subjects = [new Rbacv1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = user }],
        };
        using (var administrator = new KubernetesClient((await lab.RequestAsync(drill)).Kubernetes, TimeProvider.System))
        {
            // Both tests of a drill make the same role.
            await IgnoreThere(() => administrator.CallAsync(new ApiRequest("make a role"), (api, stop) => api.RbacAuthorizationV1.CreateClusterRoleAsync(role, cancellationToken: stop), Stop));
            await IgnoreThere(() => administrator.CallAsync(new ApiRequest("bind it"), (api, stop) => api.RbacAuthorizationV1.CreateClusterRoleBindingAsync(binding, cancellationToken: stop), Stop));
        }

        var file = Path.Combine(lab.Cluster.Hosts.Folder, $"{user}.kubeconfig");
        await File.WriteAllTextAsync(file, lab.Cluster.KubeconfigOf(user), Stop);
        var connection = (await KubernetesConnection.ReadAsync([file], null, Stop)) with { ClusterName = "practice" };
        // Each server learns of a new role a moment later.
        using var client = new KubernetesClient(connection, TimeProvider.System);
        await Hosts.HostLab.EventuallyAsync(
            async () =>
            {
                try
                {
                    return (await client.SnapshotAsync(Resources.Nodes, ResourceQuery.All, Stop)).Items.Count > 0;
                }
                catch (KubernetesException e) when (e.StatusCode == 403)
                {
                    return false;
                }
            },
            "the role");
        return connection;
    }

    private static async Task IgnoreThere(Func<Task> make)
    {
        try
        {
            await make();
        }
        catch (KubernetesException e) when (e.StatusCode == 409)
        {
            // It is there.
        }
    }
}
