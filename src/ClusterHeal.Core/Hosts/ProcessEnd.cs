using System.ComponentModel;
using System.Diagnostics;

namespace ClusterHeal.Hosts;

/// <summary>Ends a process that we started.</summary>
internal static class ProcessEnd
{
    /// <summary>Ends it and its children. It may have ended already.</summary>
    public static void KillTree(Process process) => Kill(process, entireTree: true);

    /// <summary>
    /// Ends ssh. Its own children, as for a jump host, end with it. To kill a tree, the framework first stops a process and looks for its children:
    /// if we are killed in that moment, ssh stays stopped forever and keeps its connection.
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
