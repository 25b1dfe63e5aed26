namespace ClusterHeal.Tour;

/// <summary>A folder for the files of the tour or of a chapter. It goes with its owner.</summary>
internal sealed class TourFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("clusterheal-tour-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
