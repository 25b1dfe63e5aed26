using System.Diagnostics;
using System.Runtime.InteropServices;
using ClusterHeal.Practice;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.ControlPlane;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.StandIns;
using ClusterHeal.Practice.Tour;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
try
{
    return args switch
    {
        ["tour", .. var options] => await TourProgram.RunAsync(options, Console.Out, stop.Token),
        ["cluster", .. var options] when options is [] or ["--static-pods"] => await RunClusterAsync(options.Length == 1),
        ["hosts", .. var names] when names.Length > 0 => await RunHostsAsync(names),
        ["apiserver" or "controller-manager" or "scheduler" or "kubelet" or "proxy", ..] => await ControlPlanePrograms.RunAsync(args, stop.Token),
        [KubeletStandIn.Command, .. var options] => await KubeletStandIn.RunAsync(options, stop.Token),
        [ComponentStandIn.Command, var component, ..] => await ComponentStandIn.RunAsync(component, stop.Token),
        _ => Usage(),
    };
}
catch (PracticeException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

async Task<int> RunHostsAsync(string[] names)
{
    var watch = Stopwatch.StartNew();
    await using var hosts = await PracticeHosts.StartAsync(names, stop.Token);
    Console.WriteLine($"{names.Length} practice hosts are up after {watch.Elapsed.TotalSeconds:0.0} seconds. Log in with:");
    foreach (var host in hosts.Hosts) Console.WriteLine($"  ssh -F {hosts.SshConfigFile} {host.Name}");
    Console.WriteLine("Ctrl+C ends them and removes everything.");
    await Task.Delay(Timeout.Infinite, stop.Token);
    return 0;
}

async Task<int> RunClusterAsync(bool asStaticPods)
{
    var watch = Stopwatch.StartNew();
    var form = asStaticPods ? EtcdForm.StaticPod : EtcdForm.SystemdUnit;
    await using var cluster = await PracticeCluster.StartAsync(new PracticeClusterOptions { Form = form }, stop.Token);
    Console.WriteLine($"A practice cluster is up after {watch.Elapsed.TotalSeconds:0.0} seconds. Its administrator's kubeconfig is");
    Console.WriteLine($"  {cluster.KubeconfigFile}");
    Console.WriteLine("Its hosts:");
    foreach (var host in cluster.Hosts.Hosts) Console.WriteLine($"  ssh -F {cluster.Hosts.SshConfigFile} {host.Name}");
    Console.WriteLine("Connect to it in pwsh, as root of this machine:");
    Console.WriteLine($"  Import-Module '{TourShell.ModuleFolder}'");
    Console.WriteLine(
        $"  Connect-Cluster -ClusterName practice -Kubeconfig '{cluster.KubeconfigFile}' -SshConfigFile '{cluster.Hosts.SshConfigFile}' -HostName {string.Join(", ", cluster.Masters.Select(host => host.Name))}");
    Console.WriteLine("Ctrl+C ends it and removes everything.");
    await Task.Delay(Timeout.Infinite, stop.Token);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run --project src/ClusterHeal.Practice -- COMMAND

          tour             plays the story of ClusterHeal on real servers of this machine
          tour --list      says its chapters; --scene NAME plays one
          hosts NAME ...   boots practice hosts with systemd and SSH until Ctrl+C
          cluster          boots a practice cluster until Ctrl+C; --static-pods lays its control plane out as kubeadm does
          apiserver, controller-manager, scheduler, kubelet, proxy
                           each runs one component of a practice control plane, with the flags of the real one
        """);
    return 2;
}
