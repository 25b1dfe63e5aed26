using System.ComponentModel;
using System.Diagnostics;

namespace ClusterHeal.Hosts;

/// <summary>Ends a process that we started.</summary>
internal static class ProcessEnd
{
    /// <summary>Ends it and its children; one that has ended already is fine.</summary>
    public static void KillTree(Process process) => Kill(process, entireTree: true);

    /// <summary>
    /// Ends ssh, whose own children, as for a jump, end with it. To kill a tree the framework stops a process first and looks for its
    /// children: where we are killed in that moment, ssh stands still for ever and holds its connection.
    /// </summary>
    public static void KillSsh(Process process) => Kill(process, entireTree: false);

    private static void Kill(Process process, bool entireTree)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireTree);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended between the question and the kill.
        }
    }
}
