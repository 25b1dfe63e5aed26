using System.Runtime.InteropServices;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Controllers;
using ClusterHeal.Practice.ControlPlane.Kubelet;
using ClusterHeal.Practice.ControlPlane.Scheduling;

namespace ClusterHeal.Practice.ControlPlane;

/// <summary>The components of the practice control plane as programs, each with the flags of the real one.</summary>
public static class ControlPlanePrograms
{
    /// <summary>Runs a component until it fails or is told to stop (SIGTERM, SIGINT).</summary>
    /// <param name="arguments">The component's name and its flags.</param>
    /// <returns>The exit code; null where the first word names no component.</returns>
    public static async Task<int?> RunAsync(IReadOnlyList<string> arguments)
    {
        Func<Flags, CancellationToken, Task<int>>? run = arguments.Count == 0 ? null : arguments[0] switch
        {
            "apiserver" => RunApiServerAsync,
            "controller-manager" => RunControllerManagerAsync,
            "scheduler" => RunSchedulerAsync,
            "kubelet" => RunKubeletAsync,
            _ => null,
        };
        if (run is null) return null;

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            var flags = new Flags([.. arguments.Skip(1)]);
            return await run(flags, stop.Token);
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
        var (config, election, options) = Known(flags, each => (ConfigOf(each), LeaderElectionOptions.Read(each), ControllerOptions.Read(each)));
        return ControllerManager.RunAsync(config, election, options, stop);
    }

    private static Task<int> RunSchedulerAsync(Flags flags, CancellationToken stop)
    {
        var (config, election) = Known(flags, each => (ConfigOf(each), LeaderElectionOptions.Read(each)));
        return Scheduler.RunAsync(config, election, stop);
    }

    private static Task<int> RunKubeletAsync(Flags flags, CancellationToken stop)
    {
        var (config, options) = Known(flags, each => (ConfigOf(each), KubeletOptions.Read(each)));
        return PracticeKubelet.RunAsync(config, options, stop);
    }

    private static Kubeconfig ConfigOf(Flags flags) => Kubeconfig.Read(flags.Required("kubeconfig"));

    private static T Known<T>(Flags flags, Func<Flags, T> read)
    {
        var options = read(flags);
        foreach (var name in flags.Unknown) Log.Write($"The flag --{name} means nothing here.");
        return options;
    }
}
