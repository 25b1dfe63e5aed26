using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// A data directory that is being written. Everything goes to a hidden folder in it, and to hidden files in the folder of the log. Last, it gets its
/// final names. An existing directory, perhaps the root of a disk of its own, keeps its owner, mode and label.
/// </summary>
internal sealed class StagedDataDirectory
{
    private const string StagingFolder = ".member.part";
    private const string StagingSuffix = ".part";
    private const int BufferSize = 1024 * 1024;

    private readonly RestoreTarget _target;
    private readonly MemberBootstrap _bootstrap;
    private readonly string _staging;
    private readonly string _member;
    private readonly List<string> _madeFolders = [];
    private bool _begun;

    /// <summary>Prepares it; nothing is changed.</summary>
    public StagedDataDirectory(RestoreTarget target, MemberBootstrap bootstrap)
    {
        _target = target;
        _bootstrap = bootstrap;
        _staging = Path.Combine(target.DataDirectory, StagingFolder);
        _member = Path.Combine(target.DataDirectory, "member");
        WalDirectory = target.WalDirectory ?? Path.Combine(_member, "wal");
    }

    /// <summary>Where the log is at the end.</summary>
    public string WalDirectory { get; }

    private string StagedDatabase => Path.Combine(_staging, "snap", "db");

    /// <summary>Where the log is written: in the staging folder, or beside its final name if its folder is elsewhere.</summary>
    private string StagedWal => _target.WalDirectory is null
        ? Path.Combine(_staging, "wal", _bootstrap.WalFileName)
        : Path.Combine(WalDirectory, _bootstrap.WalFileName + StagingSuffix);

    private string WalFile => Path.Combine(WalDirectory, _bootstrap.WalFileName);

    /// <summary>Checks that its place is empty except for its own staging folder.</summary>
    /// <exception cref="ClusterHealException">A folder has something else in it.</exception>
    public void Check() => Try(() =>
    {
        RefuseUnlessEmpty(_target.DataDirectory, StagingFolder);
        if (_target.WalDirectory is not null) RefuseUnlessEmpty(WalDirectory, _bootstrap.WalFileName + StagingSuffix);
    });

    /// <summary>Makes the folders. What an interrupted restore left in the staging folder is removed first.</summary>
    /// <exception cref="ClusterHealException">A folder has something else in it, or cannot be made.</exception>
    public void Begin() => Try(() =>
    {
        Check();
        _begun = true;
        MakeFolder(_target.DataDirectory);
        if (Directory.Exists(_staging)) Directory.Delete(_staging, recursive: true);
        MakeFolder(_staging);
        MakeFolder(Path.Combine(_staging, "snap"));
        if (_target.WalDirectory is null) MakeFolder(Path.Combine(_staging, "wal"));
        else MakeFolder(WalDirectory);
    });

    /// <summary>Writes the database.</summary>
    /// <param name="write">Fills the stream.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<T> WriteDatabaseAsync<T>(Func<Stream, Task<T>> write, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var file = DurableFile.Create(StagedDatabase);
        await using (file.ConfigureAwait(false))
        {
            var buffer = new BufferedStream(file, BufferSize);
            var result = await write(buffer).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await buffer.FlushAsync(cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
            return result;
        }
    });

    /// <summary>Copies the database of another staged directory.</summary>
    public Task CopyDatabaseAsync(StagedDataDirectory other, CancellationToken cancellationToken) =>
        WriteDatabaseAsync(
            async output =>
            {
                var input = File.OpenRead(other.StagedDatabase);
                await using (input.ConfigureAwait(false)) await input.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Writes the log and the raft snapshot.</summary>
    public void WriteBootstrap() => Try(() =>
    {
        WriteFile(Path.Combine(_staging, "snap", _bootstrap.SnapFileName), _bootstrap.Snap, _bootstrap.Snap.Length);
        WriteFile(StagedWal, _bootstrap.WalHead, MemberBootstrap.WalSize);
        foreach (var folder in Directory.EnumerateDirectories(_staging)) DurableFile.SyncFolder(folder);
        DurableFile.SyncFolder(_staging);
    });

    /// <summary>Reads back what was written, as a server reads it at its start.</summary>
    /// <param name="readDatabase">Reads the database at a path.</param>
    /// <exception cref="ClusterHealException">No server would start on it.</exception>
    public Task ReadBackAsync(Func<string, Task> readDatabase) => TryAsync(async () =>
    {
        await readDatabase(StagedDatabase).ConfigureAwait(false);
        using var log = File.OpenRead(StagedWal);
        // The zeros after the records mark the end of the log.
        var head = new byte[_bootstrap.WalHead.Length + sizeof(ulong)];
        await log.ReadExactlyAsync(head).ConfigureAwait(false);
        var snap = await File.ReadAllBytesAsync(Path.Combine(_staging, "snap", _bootstrap.SnapFileName)).ConfigureAwait(false);
        RestoreReadback.CheckBootstrap(head, snap, _bootstrap);
        return true;
    });

    /// <summary>
    /// Gives everything its final name, the log first: a server refuses to start on a log without a database, but on a database without a log it
    /// would begin a new cluster.
    /// </summary>
    public void Commit() => Try(() =>
    {
        if (_target.WalDirectory is not null) DurableFile.Publish(StagedWal, WalFile, overwrite: false);
        Directory.Move(_staging, _member);
        DurableFile.SyncFolder(_target.DataDirectory);
    });

    /// <summary>Removes what this made, committed or not, and nothing else.</summary>
    public void Discard()
    {
        if (!_begun) return;
        foreach (var folder in new[] { _staging, _member }.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
        if (_target.WalDirectory is not null)
        {
            File.Delete(StagedWal);
            File.Delete(WalFile);
        }

        foreach (var folder in _madeFolders.AsEnumerable().Reverse().Where(Directory.Exists)) Directory.Delete(folder);
    }

    private static void RefuseUnlessEmpty(string folder, string ownDraft)
    {
        if (File.Exists(folder))
        {
            throw new ClusterHealException(
                ErrorIds.PathNotSuitable, FaultCategory.InvalidArgument, $"'{folder}' is a file. Nothing was written.", folder, "Name a folder.");
        }

        if (!Directory.Exists(folder)) return;
        var first = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(name => name != ownDraft);
        if (first is null) return;
        throw new ClusterHealException(
            ErrorIds.DataDirectoryNotEmpty,
            FaultCategory.AlreadyExists,
            $"The folder '{folder}' has '{first}' in it. A restore never writes over anything; nothing was changed.",
            folder,
            "Name a folder that is absent or empty, or move the old one aside (do not delete it before the new cluster is proven).");
    }

    private static void WriteFile(string path, ReadOnlyMemory<byte> head, long size)
    {
        using var file = DurableFile.Create(path, size);
        file.Write(head.Span);
        file.SetLength(size);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes a folder and the ones above it, for its owner only, and remembers which ones were new.</summary>
    private void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } above) MakeFolder(above);
        OwnerOnly.MakeFolder(folder);
        _madeFolders.Add(folder);
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> step)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private ClusterHealException Failed(Exception cause) =>
        FileFault.From(cause, _target.DataDirectory, "restore to", "Nothing of the restore was left.");
}
