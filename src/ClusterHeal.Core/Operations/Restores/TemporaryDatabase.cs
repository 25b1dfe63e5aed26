using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>The new database on this machine, until every host has it. It holds every Secret, so only its owner can read it, and it goes in any case.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.Create("restore");

    private string FilePath => Path.Combine(_folder.Path, "db");

    /// <summary>Has it written.</summary>
    public async Task<RestoredDatabase> WriteAsync(Func<Stream, Task<RestoredDatabase>> write)
    {
        using var output = OwnerOnly.OpenFile(FilePath, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 20,
        });
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
    public void Dispose() => _folder.Dispose();
}
