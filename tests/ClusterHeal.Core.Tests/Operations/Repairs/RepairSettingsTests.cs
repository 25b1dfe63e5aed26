using ClusterHeal.Operations.Repairs;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>Where the settings of a first start are written, by where etcd takes them from.</summary>
public sealed class RepairSettingsTests
{
    private const string Members = "m0=https://10.0.0.1:2380,m1=https://10.0.0.2:2380,m2=https://10.0.0.3:2380";
    private const string Common = "--name=m2 --data-dir=/var/lib/etcd --initial-advertise-peer-urls=https://10.0.0.3:2380";
    private const string DropIn = "/etc/systemd/system/etcd.service.d/zz-clusterheal-repair.conf";

    [Fact]
    public async Task Variables_of_a_unit_are_set_by_a_file_that_comes_after_its_own()
    {
        var settings = await OfUnitAsync("EnvironmentFile=/etc/etcd.conf\nExecStart=/usr/bin/etcd", ("/etc/etcd.conf", """
            ETCD_NAME=m2
            ETCD_DATA_DIR=/var/lib/etcd
            ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.3:2380
            ETCD_INITIAL_CLUSTER=m2=https://10.0.0.3:2380
            """));
        Assert.Equal(DropIn, settings.Path);
        Assert.EndsWith("[Service]\nEnvironmentFile=/var/lib/clusterheal/repair/x/etcd.env\n", settings.Text, StringComparison.Ordinal);
        Assert.Equal($"ETCD_INITIAL_CLUSTER={Members}\nETCD_INITIAL_CLUSTER_STATE=existing\n", settings.Environment);
    }

    [Fact]
    public async Task Flags_of_a_unit_are_set_by_the_same_command_with_two_more()
    {
        var settings = await OfUnitAsync($"ExecStart=/usr/bin/etcd {Common} \\\n  --initial-cluster=m2=https://10.0.0.3:2380 --initial-cluster-state=new");
        Assert.Null(settings.Environment);
        Assert.Contains("ExecStart=\nExecStart=/usr/bin/etcd", settings.Text, StringComparison.Ordinal);
        Assert.EndsWith($" --initial-cluster={Members} --initial-cluster-state=existing\n", settings.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_and_a_variable_are_each_set_where_they_stand()
    {
        var settings = await OfUnitAsync($"Environment=ETCD_INITIAL_CLUSTER_STATE=new\nExecStart=/usr/bin/etcd {Common} --initial-cluster=m2=https://10.0.0.3:2380");
        Assert.Equal("ETCD_INITIAL_CLUSTER_STATE=existing\n", settings.Environment);
        Assert.EndsWith($" --initial-cluster={Members}\n", settings.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_file_is_changed_in_place()
    {
        const string File = "name: m2\ndata-dir: /var/lib/etcd\ninitial-advertise-peer-urls: https://10.0.0.3:2380\ninitial-cluster: m2=https://10.0.0.3:2380\n# kept\n";
        var settings = await OfUnitAsync("ExecStart=/usr/bin/etcd --config-file /etc/etcd.yaml", ("/etc/etcd.yaml", File));
        Assert.Equal("/etc/etcd.yaml", settings.Path);
        Assert.Equal(
            File.Replace("initial-cluster: m2=https://10.0.0.3:2380", $"initial-cluster: \"{Members}\"", StringComparison.Ordinal) + "initial-cluster-state: \"existing\"\n", settings.Text);
    }

    [Theory]
    [InlineData("    - --initial-cluster=m2=https://10.0.0.3:2380\n    - --initial-cluster-state=new\n")]
    [InlineData("    - --initial-cluster=m2=https://10.0.0.3:2380\n")]
    [InlineData("    - \"--initial-cluster=m2=https://10.0.0.3:2380\"\n    - \"--initial-cluster-state=new\"\n")]
    [InlineData("")]
    public async Task The_flags_of_a_manifest_are_changed_in_place(string flags)
    {
        const string Manifest = "/etc/kubernetes/manifests/etcd.yaml";
        var text = "kind: Pod\nspec:\n  containers:\n  - command:\n    - etcd\n    - --name=m2\n    - --data-dir=/var/lib/etcd\n"
            + $"    - --initial-advertise-peer-urls=https://10.0.0.3:2380\n{flags}    image: etcd:3.5.1\n    name: etcd\n";
        var etcd = new ComponentStatus { HostName = "m2", Component = ClusterComponent.Etcd, State = ComponentState.Running, ManifestPath = Manifest };
        var settings = await RepairSettings.FindAsync(new FileHost("", (Manifest, text)), etcd, Members, "x", TestContext.Current.CancellationToken);
        Assert.Equal(Manifest, settings.Path);
        Assert.Contains($"--initial-cluster={Members}", settings.Text, StringComparison.Ordinal);
        Assert.Contains("--initial-cluster-state=existing", settings.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("=new", settings.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ExecStart=/bin/sh -c 'exec /usr/bin/etcd --name=m2 --data-dir=/d --initial-cluster=m2=http://10.0.0.3:2380'")]
    public async Task Another_form_is_refused_with_what_to_write(string service)
    {
        var refusal = await Assert.ThrowsAsync<ClusterHealException>(() => OfUnitAsync(service));
        Assert.Equal(ErrorIds.RepairRefused, refusal.ErrorId);
        Assert.Contains(Members, refusal.Remedy, StringComparison.Ordinal);
    }

    private static Task<RepairSettings> OfUnitAsync(string service, params (string Path, string Text)[] files)
    {
        var etcd = new ComponentStatus { HostName = "m2", Component = ClusterComponent.Etcd, State = ComponentState.Running, UnitName = "etcd.service" };
        var host = new FileHost($"FragmentPath=/etc/systemd/system/etcd.service\n# /etc/systemd/system/etcd.service\n[Service]\n{service}\n", files);
        return RepairSettings.FindAsync(host, etcd, Members, "x", TestContext.Current.CancellationToken);
    }
}
