using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Controllers;
using ClusterHeal.Practice.ControlPlane.Kubelet;
using ClusterHeal.Practice.ControlPlane.Scheduling;

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
        var (config, election, options) = Known(flags, each =>
            (ConfigOf(each), LeaderElectionOptions.Read(each), ControllerOptions.Read(each)));
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
