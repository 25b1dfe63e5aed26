namespace ClusterHeal.Hosts;

/// <summary>Turns a script's failure into an error, by what the programs of the host print in the C locale.</summary>
public static class HostScriptFault
{
    /// <summary>The exit code with which our scripts say that a file is not there.</summary>
    internal const int NotFound = 40;

    /// <summary>The exit code with which <c>write-file</c> says that the hash is another one.</summary>
    internal const int HashDiffers = 44;

    /// <summary>The exit code with which our scripts say that another operation holds the lock of the host.</summary>
    internal const int LockedByAnother = 45;

    /// <summary>The exit code with which our scripts say that a file could not be moved because its new place is taken.</summary>
    internal const int PlaceIsTaken = 47;

    /// <summary>Throws if the exit code is not 0.</summary>
    /// <param name="result">How the script ended.</param>
    /// <param name="hostName">The host.</param>
    /// <param name="script">The script.</param>
    /// <exception cref="HostShellException">The script failed.</exception>
    public static void ThrowIfFailed(this ScriptResult result, string hostName, HostScript script)
    {
        if (result.ExitCode != 0) throw result.Fault(hostName, script);
    }

    /// <summary>Runs a script and throws if its exit code is not 0.</summary>
    /// <exception cref="HostShellException">The script failed, or could not be run.</exception>
    public static async Task<ScriptResult> RunCheckedAsync(this IHostShell shell, HostScript script, CancellationToken cancellationToken)
    {
        var result = await shell.RunAsync(script, cancellationToken).ConfigureAwait(false);
        result.ThrowIfFailed(shell.HostName, script);
        return result;
    }

    /// <summary>The error that fits a failed script.</summary>
    internal static HostShellException Fault(this ScriptResult result, string hostName, HostScript script)
    {
        var (id, category, remedy) = Classify(result);
        var said = result.Error.Trim().Length > 0 ? result.Error : result.Text;
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var reason = lines.Length == 0 ? "" : ": " + string.Join(" / ", lines.TakeLast(3));
        return new HostShellException(
            id, category, $"{hostName}: this failed (exit code {result.ExitCode}): {script.Purpose}{reason}", hostName, remedy)
        {
            ScriptState = HostScriptState.Finished,
            ExitCode = result.ExitCode,
        };
    }

    private static (string Id, FaultCategory Category, string? Remedy) Classify(ScriptResult result)
    {
        if (Says("No space left on device", "Disk quota exceeded"))
        {
            return (ErrorIds.HostDiskFull, FaultCategory.ResourceExhausted, "Make room on the host; nothing was left half written.");
        }

        if (Says("Permission denied", "Operation not permitted", "nteractive authentication required", "Access denied", "Read-only file system"))
        {
            return (ErrorIds.HostPermissionDenied, FaultCategory.PermissionDenied, "Log in as root, or add -Sudo.");
        }

        if (result.ExitCode == LockedByAnother)
        {
            return (ErrorIds.HostLocked, FaultCategory.NotReady, "Another operation has taken this host over; see what it does before you go on.");
        }

        if (result.ExitCode == PlaceIsTaken)
        {
            return (ErrorIds.HostScriptFailed, FaultCategory.InvalidOperation, "Look at both files on the host, and remove the one that is not wanted.");
        }

        if (result.ExitCode == NotFound) return (ErrorIds.HostFileNotFound, FaultCategory.NotFound, "Check the path on that host.");
        return result.ExitCode == 127
            ? (ErrorIds.HostCommandNotFound, FaultCategory.NotFound, "Install what is missing on the host.")
            : (ErrorIds.HostScriptFailed, FaultCategory.InvalidOperation, "Look into the journal of the host: journalctl -e.");

        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (result.Error.Contains(word, StringComparison.Ordinal)) return true;
            }

            return false;
        }
    }
}
