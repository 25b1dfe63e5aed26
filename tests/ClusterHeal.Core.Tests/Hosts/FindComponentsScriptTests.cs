using System.Text;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>What <c>find-components.sh</c> tells of a unit's main process.</summary>
public sealed class FindComponentsScriptTests : IDisposable
{
    private readonly SimulatedHost _host = new();

    public FindComponentsScriptTests()
    {
        _host.Write("proc/stat", "btime 1700000000\n");
        _host.Process(71, "0::/system.slice/etcd.service", "etcd", user: 998);
        _host.Play("systemctl", "case $* in *'MainPID -- '*) ;; show*etcd.service) printf 'Id=etcd.service\\nMainPID=71\\n' ;; esac");
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_process_is_told_with_its_start_its_effective_user_its_group_and_its_words() =>
        Assert.Contains("process 71 4711 998 /system.slice/etcd.service\ncommand etcd\u001f--flag\u001f\n", await FactsAsync(), StringComparison.Ordinal);

    [Theory]
    [InlineData("cmdline")]
    [InlineData("stat")]
    [InlineData("status")]
    public async Task A_process_that_has_just_ended_is_left_out_and_its_unit_is_not(string gone)
    {
        File.Delete(_host.PathOf($"proc/71/{gone}"));
        var facts = await FactsAsync();
        Assert.DoesNotContain("process 71", facts, StringComparison.Ordinal);
        Assert.Contains("unit Id=etcd.service\n", facts, StringComparison.Ordinal);
    }

    private async Task<string> FactsAsync()
    {
        var script = new HostScript(HostScript.Text("find-components"), "kubelet.service", "/etc/kubernetes/manifests", "Etcd", "etcd", "etcd.service");
        var result = await _host.RunAsync(script, TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
        return Encoding.UTF8.GetString(result.Output);
    }
}
