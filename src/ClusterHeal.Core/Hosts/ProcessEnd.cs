using System.ComponentModel;
using System.Diagnostics;

namespace ClusterHeal.Hosts;

/// <summary>Ends a process that we started.</summary>
internal static class ProcessEnd
{
    /// <summary>Ends it and its children; one that has ended already is fine.</summary>
    public static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended between the question and the kill.
        }
    }
}
