using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace ClusterHeal.Practice.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as this process. The kernel sends a parent-death signal (prctl(2),
/// PR_SET_PDEATHSIG) when the thread that forked ends, not its process: started from the thread pool, an etcd would be killed when
/// the pool ends an idle thread.
/// </summary>
internal static class LaunchThread
{
    private static readonly BlockingCollection<Action> Requests = [];

    static LaunchThread() => new Thread(Serve) { IsBackground = true, Name = "launches processes" }.Start();

    /// <summary>Starts one, which takes as long as a fork.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Win32Exception cause)
            {
                started.SetException(Tool.Missing(start.FileName, cause));
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static void Serve()
    {
        foreach (var request in Requests.GetConsumingEnumerable()) request();
    }
}
