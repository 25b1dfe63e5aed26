using ClusterHeal.Operations.Drills;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>Where the lower quota of a drill is written, by where etcd takes its settings from.</summary>
public sealed class QuotaSettingsTests
{
    private const long Quota = 20 << 20;
    private const string Common = "--name=m2 --data-dir=/var/lib/etcd --initial-advertise-peer-urls=https://10.0.0.3:2380";
    private const string Manifest = "/etc/kubernetes/manifests/etcd.yaml";

    [Theory]
    [InlineData("", "Environment=ETCD_QUOTA_BACKEND_BYTES=20971520")]
    // The flag beats the variable, and etcd does not start with both.
    [InlineData(" --quota-backend-bytes=8589934592", "ExecStart=\nExecStart=/usr/bin/etcd " + Common + " --quota-backend-bytes=8589934592 --quota-backend-bytes=20971520")]
    public async Task A_unit_gets_a_drop_in(string flags, string line)
    {
        var settings = await OfUnitAsync($"ExecStart=/usr/bin/etcd {Common}{flags}");
        Assert.Equal("/etc/systemd/system/etcd.service.d/zz-clusterheal-drill.conf", settings!.Path);
        Assert.EndsWith($"[Service]\n{line}\n", settings.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("    - --quota-backend-bytes=8589934592\n")]
    [InlineData("    - \"--quota-backend-bytes=8589934592\"\n")]
    public async Task The_flag_of_a_manifest_is_changed_in_place_or_added(string flags)
    {
        var text = "kind: Pod\nspec:\n  containers:\n  - command:\n    - etcd\n    - --name=m2\n    - --data-dir=/var/lib/etcd\n"
            + $"{flags}    image: etcd:3.5.1\n    name: etcd\n";
        var etcd = new ComponentStatus { HostName = "m2", Component = ClusterComponent.Etcd, State = ComponentState.Running, ManifestPath = Manifest };
        var settings = await QuotaSettings.FindAsync(new FileHost("", (Manifest, text)), etcd, Quota, TestContext.Current.CancellationToken);
        Assert.Equal(Manifest, settings!.Path);
        Assert.Contains("    - --quota-backend-bytes=20971520\n", settings.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("8589934592", settings.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_form_is_left_alone() => Assert.Null(await OfUnitAsync("ExecStart=/bin/sh -c 'exec /usr/bin/etcd --name=m2 --data-dir=/d --quota-backend-bytes=5'"));

    private static Task<QuotaSettings?> OfUnitAsync(string service)
    {
        var etcd = new ComponentStatus { HostName = "m2", Component = ClusterComponent.Etcd, State = ComponentState.Running, UnitName = "etcd.service" };
        var host = new FileHost($"FragmentPath=/etc/systemd/system/etcd.service\n# /etc/systemd/system/etcd.service\n[Service]\n{service}\n");
        return QuotaSettings.FindAsync(host, etcd, Quota, TestContext.Current.CancellationToken);
    }
}
