using System.Diagnostics;

namespace ClusterHeal.Common;

/// <summary>Prepares all processes that are started, so that none is a program of the current folder.</summary>
internal static class ProgramStart
{
    /// <summary>A process whose streams are those of this one.</summary>
    /// <param name="program">A name on the PATH, or a path.</param>
    /// <param name="arguments">Its arguments; no shell sees them.</param>
    /// <exception cref="ClusterHealException">There is no such program, or it is in the current folder.</exception>
    public static ProcessStartInfo Of(string program, IEnumerable<string> arguments) =>
        new(ProgramPath.Require(program), arguments) { UseShellExecute = false, CreateNoWindow = true };

    /// <summary>A process whose three streams are all ours.</summary>
    /// <inheritdoc cref="Of"/>
    public static ProcessStartInfo Piped(string program, IEnumerable<string> arguments)
    {
        var start = Of(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }
}
