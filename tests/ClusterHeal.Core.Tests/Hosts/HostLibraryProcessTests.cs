namespace ClusterHeal.Tests.Hosts;

/// <summary>docs/design/0014: a process counts only by what it belongs to.</summary>
public sealed class HostLibraryProcessTests : IDisposable
{
    private const string Pod = "0123456789abcdef0123456789abcdef";
    private const string Container = "cri-containerd-aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999.scope";
    private const string Session = "0::/user.slice/user-1000.slice";
    private readonly SimulatedHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData($"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Pod}.slice/{Container}")]
    [InlineData($"0::/kubepods.slice/kubepods-pod{Pod}.slice/{Container}")]
    [InlineData($"0::/kubepods/burstable/pod{Pod}/aaaa")]
    [InlineData($"0::/kubepods/pod{Pod}/aaaa")]
    [InlineData($"5:devices:/\n1:name=systemd:/kubepods/besteffort/pod{Pod}/aaaa")]
    [InlineData($"0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod{Pod}.slice/{Container}")]
    [InlineData($"0::/kubelet/kubepods/burstable/pod{Pod}/aaaa")]
    public async Task A_process_of_a_static_pods_container_counts(string cgroup)
    {
        _host.Process(71, cgroup, "etcd");
        Assert.Equal("71", await _host.PrintsAsync("pod_processes etcd"));
        Assert.Equal(0, (await _host.RunAsync("component_runs manifest /any etcd")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("component_runs unit etcd.service etcd")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("component_runs manifest /any kube-apiserver")).ExitCode);
    }

    [Theory]
    // A user's shell, and what a user can make below a service of that user's own.
    [InlineData($"{Session}/session-3.scope")]
    [InlineData($"{Session}/user@1000.service/kubepods.slice/kubepods-pod{Pod}.slice/{Container}")]
    [InlineData($"{Session}/user@1000.service/app.slice/etcd.service")]
    // A service to which a part of the tree was given.
    [InlineData($"0::/system.slice/build.service/kubepods/pod{Pod}/aaaa")]
    [InlineData("0::/system.slice/build.service/etcd.service")]
    [InlineData("0::/system.slice/not-etcd.service")]
    [InlineData("0::/system.slice/etcdXservice")]
    // Pods of the API, such as a vcluster's etcd, and what such a pod can make below its own place.
    [InlineData($"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod01234567_89ab_cdef_0123_456789abcdef.slice/{Container}")]
    [InlineData("0::/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/aaaa")]
    [InlineData($"0::/kubepods/pod01234567-89ab-cdef-0123-456789abcdef/pod{Pod}/aaaa")]
    [InlineData($"0::/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/pod{Pod}/aaaa")]
    // Another container engine.
    [InlineData("0::/system.slice/docker-aaaabbbb.scope")]
    [InlineData("0::/")]
    public async Task Whoever_else_bears_the_name_does_not(string cgroup)
    {
        _host.Process(71, cgroup, "etcd");
        Assert.Equal("", await _host.PrintsAsync("pod_processes etcd; unit_processes etcd.service"));
        Assert.Equal(1, (await _host.RunAsync("component_runs manifest /any etcd")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("component_runs unit etcd.service etcd")).ExitCode);
    }

    [Theory]
    [InlineData("0::/system.slice/etcd.service", "etcd.service")]
    [InlineData("0::/control.slice/control-plane.slice/etcd.service/child", "etcd.service")]
    [InlineData("3:cpu:/\n1:name=systemd:/system.slice/etcd.service", "etcd.service")]
    [InlineData("1:name=systemd:/\n0::/system.slice/etcd.service", "etcd.service")]
    [InlineData(@"0::/system.slice/system-etcd\x2dmain.slice/etcd\x2dmain@a+b.service", @"etcd\x2dmain@a+b.service")]
    public async Task A_process_in_a_units_group_belongs_to_it_whatever_it_is_called(string cgroup, string unit)
    {
        _host.Process(71, cgroup, "start.sh");
        Assert.Equal("71", await _host.PrintsAsync($"unit_processes '{unit}'"));
        Assert.Equal(unit, await _host.PrintsAsync("unit_of 71"));
        Assert.Equal(0, (await _host.RunAsync($"component_runs unit '{unit}' etcd")).ExitCode);
    }

    [Fact]
    public async Task The_main_process_that_systemd_names_belongs_to_the_unit()
    {
        _host.Process(71, "0::/elsewhere", "etcd");
        _host.Play("systemctl", "[ \"$*\" != 'show -p MainPID -- etcd.service' ] || echo MainPID=71");
        Assert.Equal(0, (await _host.RunAsync("component_runs unit etcd.service etcd")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("component_runs unit other.service etcd")).ExitCode);
    }

    [Fact]
    public async Task A_users_process_belongs_to_the_users_own_service()
    {
        _host.Process(71, $"{Session}/user@1000.service/app.slice/etcd.service", "etcd");
        Assert.Equal("user@1000.service", await _host.PrintsAsync("unit_of 71"));
    }

    [Fact]
    public async Task A_zombie_holds_nothing()
    {
        _host.Process(71, "0::/system.slice/etcd.service", "etcd", state: 'Z');
        Assert.Equal(1, (await _host.RunAsync("component_runs unit etcd.service etcd")).ExitCode);
    }

    [Fact]
    public async Task A_program_is_known_by_the_kernels_name_or_its_first_word()
    {
        _host.Process(71, $"0::/kubepods/pod{Pod}/a", "kube-controller-manager", "/usr/local/bin/kube-controller-manager");
        _host.Process(72, $"0::/kubepods/pod{Pod}/b", "dotnet", "kube-controller-manager");
        _host.Process(73, $"0::/kubepods/pod{Pod}/c", "pause", "/pause");
        Assert.Equal("71\n72", await _host.PrintsAsync("pod_processes kube-controller-manager | sort"));
    }

    [Fact]
    public async Task Another_container_that_runs_a_program_of_that_name_is_told_by_the_kubelets_folder_of_logs()
    {
        _host.Process(71, $"0::/kubepods/pod{Pod}/a", "etcd");
        Directory.CreateDirectory(_host.PathOf($"var/log/pods/kube-system_vip-node1_{Pod}/keepalived"));
        Assert.Equal("", await _host.PrintsAsync("pod_processes etcd"));
        Directory.CreateDirectory(_host.PathOf($"var/log/pods/kube-system_vip-node1_{Pod}/etcd"));
        Assert.Equal("71", await _host.PrintsAsync("pod_processes etcd"));
    }

    [Fact]
    public async Task Time_is_the_time_since_the_boot()
    {
        _host.Uptime = 86400.97;
        Assert.Equal("86400 boot-1", await _host.PrintsAsync("echo \"$(seconds) $(boot_id)\""));
    }

    [Fact]
    public async Task The_timers_of_a_switch_are_no_others_whose_name_begins_like_it()
    {
        _host.Play("systemctl", """
            for pattern; do :; done
            for unit in clusterheal-heal-etcd_12.timer clusterheal-heal-etcd-restore_34.timer; do
              case $unit in $pattern) echo "$unit loaded active waiting" ;; esac
            done
            """);
        Assert.Equal("clusterheal-heal-etcd_12.timer", await _host.PrintsAsync("timers_of etcd"));
        Assert.Equal("clusterheal-heal-etcd-restore_34.timer", await _host.PrintsAsync("timers_of etcd-restore"));
        Assert.Equal("", await _host.PrintsAsync("timers_of etcd-re"));
    }
}
