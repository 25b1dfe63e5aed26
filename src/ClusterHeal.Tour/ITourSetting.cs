namespace ClusterHeal.Tour;

/// <summary>The servers of a chapter. Disposing of it leaves nothing of them.</summary>
internal interface ITourSetting : IAsyncDisposable
{
    /// <summary>What the chapter's script reads from <c>practice.psd1</c>: addresses and names.</summary>
    IReadOnlyDictionary<string, IReadOnlyList<string>> Facts { get; }

    /// <summary>Folders with the programs that the script runs, such as <c>kubectl</c>.</summary>
    IReadOnlyList<string> ProgramFolders { get; }

    /// <summary>Does to the servers what no command of the script does, such as a power cut.</summary>
    /// <param name="action">The words behind <c>#!</c> in the script.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TourFailedException">The setting knows no such action.</exception>
    Task ActAsync(string action, CancellationToken cancellationToken);
}
