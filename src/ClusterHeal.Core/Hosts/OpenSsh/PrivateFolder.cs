using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// A temporary folder that only this user can enter, and that goes when this process ends, however it ends: a small shell beside it waits for
/// the end of its input, which comes also where this process is killed, and removes the folder then. Unix only.
/// </summary>
internal sealed class PrivateFolder : IAsyncDisposable
{
    // Ctrl+C goes to this process's children, too; what it does then still needs the folder.
    private const string Keeper = """
        trap '' INT HUP; read -r _; rm -rf -- "$0"
        """;

    private readonly Process _keeper;

    private PrivateFolder(string path, Process keeper)
    {
        Path = path;
        _keeper = keeper;
    }

    /// <summary>Its path, which is short enough for a socket in it.</summary>
    public string Path { get; }

    /// <summary>Makes one.</summary>
    public static PrivateFolder Create()
    {
        // Made with mode 0700.
        var path = Directory.CreateTempSubdirectory("ch-").FullName;
        return new PrivateFolder(path, Process.Start(ProgramStart.Piped("/bin/sh", ["-c", Keeper, path]))!);
    }

    /// <summary>Removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync().ConfigureAwait(false);
        _keeper.Dispose();
        // Somebody may have ended the shell.
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
