namespace ClusterHeal.Tour;

/// <summary>The files that are built into this program for the tour.</summary>
internal static class TourFiles
{
    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    /// <summary>Copies one into a folder, under the last part of its name.</summary>
    /// <returns>The path of the file.</returns>
    public static async Task<string> LayAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Path.GetFileName(name));
        await using var file = File.Create(path);
        await using var resource = Open(name);
        await resource.CopyToAsync(file, cancellationToken);
        return path;
    }

    private static Stream Open(string name) =>
        typeof(TourFiles).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"'{name}' is not built in");
}
