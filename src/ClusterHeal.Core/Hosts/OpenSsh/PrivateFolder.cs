using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// A temporary folder that only this user can enter. It is removed when this process ends, in whatever way: a small shell waits for the end of its
/// input, which comes even if this process is killed, and then removes the folder. Unix only.
/// </summary>
internal sealed class PrivateFolder : IAsyncDisposable
{
    // Ctrl+C goes to this process's children, too. They still need the folder for what they then do.
    private const string Keeper = """
        trap '' INT HUP; read -r _; rm -rf -- "$0"
        """;

    private readonly Process _keeper;

    private PrivateFolder(string path, Process keeper)
    {
        Path = path;
        _keeper = keeper;
    }

    /// <summary>Its path, short enough for a socket in it.</summary>
    public string Path { get; }

    public static PrivateFolder Create()
    {
        var path = Directory.CreateTempSubdirectory("ch-").FullName;
        return new PrivateFolder(path, Process.Start(ProgramStart.Piped("/bin/sh", ["-c", Keeper, path]))!);
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync().ConfigureAwait(false);
        _keeper.Dispose();
        // The shell may have been ended by somebody.
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
