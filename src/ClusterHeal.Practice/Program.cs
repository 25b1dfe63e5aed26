using System.Diagnostics;
using ClusterHeal.Practice;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Processes;

return await PracticeProgram.RunAsync(stop => args switch
{
    ["cluster", .. var options] when options is [] or ["--static-pods"] => RunClusterAsync(options.Length == 1, stop),
    ["hosts", .. var names] when names.Length > 0 => RunHostsAsync(names, stop),
    _ => Task.FromResult(Usage()),
});

static async Task<int> RunHostsAsync(string[] names, CancellationToken stop)
{
    var watch = Stopwatch.StartNew();
    await using var hosts = await PracticeHosts.StartAsync(names, stop);
    Console.WriteLine($"{names.Length} practice hosts are up after {watch.Elapsed.TotalSeconds:0.0} seconds. Log in with:");
    foreach (var host in hosts.Hosts) Console.WriteLine($"  ssh -F {hosts.SshConfigFile} {host.Name}");
    Console.WriteLine("Ctrl+C ends them and removes everything.");
    await Task.Delay(Timeout.Infinite, stop);
    return 0;
}

static async Task<int> RunClusterAsync(bool asStaticPods, CancellationToken stop)
{
    var watch = Stopwatch.StartNew();
    var form = asStaticPods ? EtcdForm.StaticPod : EtcdForm.SystemdUnit;
    await using var cluster = await PracticeCluster.StartAsync(new PracticeClusterOptions { Form = form }, stop);
    Console.WriteLine($"A practice cluster is up after {watch.Elapsed.TotalSeconds:0.0} seconds. Its administrator's kubeconfig is");
    Console.WriteLine($"  {cluster.KubeconfigFile}");
    Console.WriteLine("Its hosts:");
    foreach (var host in cluster.Hosts.Hosts) Console.WriteLine($"  ssh -F {cluster.Hosts.SshConfigFile} {host.Name}");
    Console.WriteLine("Connect to it in pwsh, as root of this machine:");
    Console.WriteLine($"  Import-Module '{StagedModule.Folder}'");
    Console.WriteLine(
        $"  Connect-Cluster -ClusterName practice -Kubeconfig '{cluster.KubeconfigFile}' -SshConfigFile '{cluster.Hosts.SshConfigFile}' -HostName {string.Join(", ", cluster.Masters.Select(host => host.Name))}");
    Console.WriteLine("Ctrl+C ends it and removes everything.");
    await Task.Delay(Timeout.Infinite, stop);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run --project src/ClusterHeal.Practice -- COMMAND

          cluster          boots a practice cluster until Ctrl+C; --static-pods lays its control plane out as kubeadm does
          hosts NAME ...   boots practice hosts with systemd and SSH until Ctrl+C

        The tour is a program of its own: dotnet run --project src/ClusterHeal.Tour
        """);
    return 2;
}
