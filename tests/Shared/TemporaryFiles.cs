using System.Text;

namespace ClusterHeal.Tests;

/// <summary>The files that lie where temporary ones do, for tests that look for what nobody may leave there.</summary>
internal static class TemporaryFiles
{
    /// <summary>The bytes of all that was written since a time, as a text.</summary>
    public static string TextSince(DateTime start) => string.Concat(Directory.GetFiles(Path.GetTempPath()).Where(file => File.GetLastWriteTimeUtc(file) >= start && !IsPipe(file)).Select(Text));

    /// <summary>A pipe by which a debugger talks to a runtime: to open it waits for ever.</summary>
    private static bool IsPipe(string file) => Path.GetFileName(file).StartsWith("clr-debug-pipe-", StringComparison.Ordinal);

    private static string Text(string file)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A socket of another program, or gone by now.
            return "";
        }
    }
}
