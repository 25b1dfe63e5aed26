using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// The new database on this machine, until every host has it. It has every Secret, so it is deleted in any case. On Linux it has no name, so the
/// kernel frees it when this process ends, in whatever way; elsewhere the next such folder deletes it.
/// </summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.Create("restore");
    private readonly FileStream _file;
    private readonly string _path;

    /// <summary>Creates it, empty.</summary>
    public TemporaryDatabase()
    {
        var path = Path.Combine(_folder.Path, "db");
        _file = OwnerOnly.OpenFile(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 1 << 20,
        });
        var isNameless = OperatingSystem.IsLinux();
        if (isNameless) _folder.Dispose();
        _path = isNameless ? string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_file.SafeFileHandle.DangerousGetHandle()}") : path;
    }

    public async Task<RestoredDatabase> WriteAsync(Func<Stream, Task<RestoredDatabase>> write)
    {
        var database = await write(_file).ConfigureAwait(false);
        await _file.FlushAsync().ConfigureAwait(false);
        return database;
    }

    /// <summary>Opens it to be copied.</summary>
    public Stream OpenRead() => new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20, useAsync: true);

    /// <summary>Reads all of it as a server would at its start, and checks every page.</summary>
    /// <param name="restore">What it was made from.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">A server would not start on it.</exception>
    public async Task<string> ReadBackAsync(SnapshotRestore restore, CancellationToken cancellationToken)
    {
        var read = await restore.ReadBackAsync(_path, cancellationToken).ConfigureAwait(false);
        return string.Create(CultureInfo.InvariantCulture, $"{read.Records} records up to revision {read.Revision}, every page sound, all that etcd reads at its start");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        if (!OperatingSystem.IsLinux()) _folder.Dispose();
    }
}
