using System.Globalization;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>The new database on this machine, until every host has it. It holds every Secret, so only its owner can read it, and it goes in any case.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    // For the owner only, as the system makes such folders.
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-restore-").FullName;

    private string FilePath => Path.Combine(_folder, "db");

    /// <summary>Has it written.</summary>
    public async Task<RestoredDatabase> WriteAsync(Func<Stream, Task<RestoredDatabase>> write)
    {
        using var output = new FileStream(FilePath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        var database = await write(output).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
        return database;
    }

    /// <summary>Opens it to be copied.</summary>
    public Stream OpenRead() => new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, useAsync: true);

    /// <summary>Reads all of it as a server would find it, and checks every page.</summary>
    /// <exception cref="ClusterHealException">It is not sound.</exception>
    public async Task<string> ReadBackAsync(CancellationToken cancellationToken)
    {
        var inspection = await SnapshotInspection.RunAsync(FilePath, cancellationToken).ConfigureAwait(false);
        var database = inspection.RequireSound();
        return string.Create(CultureInfo.InvariantCulture, $"{database.LiveKeys} keys at revision {database.Revision}, every page sound");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
