using System.Text;

namespace ClusterHeal.Common;

/// <summary>Reads the small text files that people write by hand, and no file that only pretends to be one.</summary>
internal static class TextFile
{
    /// <summary>How large such a file may be, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">It cannot be read, or has no end (<c>/dev/zero</c>).</exception>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var file = Open(path);
        using var content = new BoundedMemory(MaxBytes);
        await file.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return Decode(content);
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static string Read(string path)
    {
        using var file = Open(path);
        using var content = new BoundedMemory(MaxBytes);
        file.CopyTo(content);
        return Decode(content);
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);

    private static string Decode(BoundedMemory content)
    {
        content.Position = 0;
        using var reader = new StreamReader(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
