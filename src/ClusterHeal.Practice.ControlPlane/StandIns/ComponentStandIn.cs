using System.Net;

namespace ClusterHeal.Practice.ControlPlane.StandIns;

/// <summary>
/// A stand-in for a component of the control plane: a process that listens on the component's port and answers its health paths over
/// TLS with <c>ok</c>, everything else with 404.
/// </summary>
internal static class ComponentStandIn
{
    /// <summary>The command of this program for it; the component's name follows.</summary>
    public const string Command = "component-stand-in";

    /// <summary>The port on which the real component listens.</summary>
    public static int PortOf(string component) => component switch
    {
        "kube-apiserver" => 6443,
        "kube-controller-manager" => 10257,
        "kube-scheduler" => 10259,
        _ => throw new PracticeException($"There is no stand-in for '{component}'."),
    };

    /// <summary>Runs until it is cancelled.</summary>
    public static async Task<int> RunAsync(string component, CancellationToken cancellationToken)
    {
        // The process is found by this name. Without it the name would be that of the runtime.
        await File.WriteAllTextAsync("/proc/self/comm", component, cancellationToken);
        Console.WriteLine($"This is a stand-in for {component}, on a practice host.");
        await HealthPort.RunAsync(new IPEndPoint(IPAddress.Any, PortOf(component)), component, cancellationToken);
        return 0;
    }
}
