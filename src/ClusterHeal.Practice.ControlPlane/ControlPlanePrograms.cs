using ClusterHeal.Kubernetes;
using System.Net;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Controllers;
using ClusterHeal.Practice.ControlPlane.Kubelet;
using ClusterHeal.Practice.ControlPlane.Scheduling;
using ClusterHeal.Practice.ControlPlane.StandIns;

namespace ClusterHeal.Practice.ControlPlane;

/// <summary>The components of the practice control plane as programs, each with the flags of the real one.</summary>
public static class ControlPlanePrograms
{
    /// <summary>Runs a component until it fails or is told to stop.</summary>
    /// <param name="arguments">The component's name and its flags.</param>
    /// <param name="stop">Tells it to stop, which is no failure.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        Func<Flags, CancellationToken, Task<int>> run = arguments[0] switch
        {
            "apiserver" => RunApiServerAsync,
            "controller-manager" => RunControllerManagerAsync,
            "scheduler" => RunSchedulerAsync,
            "kubelet" => RunKubeletAsync,
            "proxy" => RunProxyAsync,
            var other => throw new PracticeException($"'{other}' is no component of a control plane."),
        };
        try
        {
            return await run(new Flags([.. arguments.Skip(1)]), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e)
        {
            Log.Write($"\"command failed\" err=\"{(e is PracticeException ? e.Message : e)}\"");
            return 1;
        }
    }

    private static Task<int> RunApiServerAsync(Flags flags, CancellationToken stop) =>
        ApiServer.RunAsync(Known(flags, ApiServerOptions.Read), stop);

    private static Task<int> RunControllerManagerAsync(Flags flags, CancellationToken stop)
    {
        var (config, election, options, health) = Known(flags, each =>
            (ConfigOf(each), LeaderElectionOptions.Read(each), ControllerOptions.Read(each), HealthPlaceOf(each, "secure-port")));
        return WithHealthAsync(
            "kube-controller-manager", health, token => ControllerManager.RunAsync(config, election, options, token), stop);
    }

    private static Task<int> RunSchedulerAsync(Flags flags, CancellationToken stop)
    {
        var (config, election, health) = Known(flags, each =>
            (ConfigOf(each), LeaderElectionOptions.Read(each), HealthPlaceOf(each, "secure-port")));
        return WithHealthAsync("kube-scheduler", health, token => Scheduler.RunAsync(config, election, token), stop);
    }

    private static Task<int> RunKubeletAsync(Flags flags, CancellationToken stop)
    {
        var (config, options, health) = Known(flags, each => (ConfigOf(each), KubeletOptions.Read(each), HealthPlaceOf(each, "port")));
        return WithHealthAsync("kubelet", health, token => PracticeKubelet.RunAsync(config, options, token), stop);
    }

    private static Task<int> RunProxyAsync(Flags flags, CancellationToken stop)
    {
        var (config, address) = Known(flags, each => (ConfigOf(each), IPAddress.Parse(each.Text("bind-address") ?? "0.0.0.0")));
        return KubeProxy.RunAsync(config, address, stop);
    }

    /// <summary>Where a component tells its health; null if its port is not given, as on a loopback that many share.</summary>
    private static IPEndPoint? HealthPlaceOf(Flags flags, string portFlag)
    {
        var address = IPAddress.Parse(flags.Text("bind-address") ?? "0.0.0.0");
        return flags.Number(portFlag, 0) is > 0 and var port ? new IPEndPoint(address, port) : null;
    }

    private static async Task<int> WithHealthAsync(
        string name, IPEndPoint? place, Func<CancellationToken, Task<int>> run, CancellationToken stop)
    {
        if (place is null) return await run(stop);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var health = HealthPort.RunAsync(place, name, end.Token);
        var work = run(stop);
        // The health port ends first only if it cannot be opened.
        if (await Task.WhenAny(work, health) == health && health.IsFaulted) await health;
        await end.CancelAsync();
        return await work;
    }

    private static KubernetesConnection ConfigOf(Flags flags) => ComponentKubeconfig.Read(flags.Required("kubeconfig"));

    private static T Known<T>(Flags flags, Func<Flags, T> read)
    {
        var options = read(flags);
        foreach (var name in flags.Unknown) Log.Write($"The flag --{name} means nothing here.");
        return options;
    }
}
