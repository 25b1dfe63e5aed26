using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>Reads text files of hosts.</summary>
internal static class HostText
{
    /// <summary>The text of a file of a host, or null if the host has no such file.</summary>
    /// <exception cref="HostShellException">It cannot be read.</exception>
    public static async Task<string?> FindTextAsync(this IHostShell shell, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new BoundedMemory(TextFile.MaxBytes);
            await shell.ReadFileAsync(path, content, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
        }
        catch (HostShellException e) when (e.ErrorId == ErrorIds.HostFileNotFound)
        {
            return null;
        }
        catch (IOException e)
        {
            throw FileFault.From(e, $"{shell.HostName}:{path}", "read");
        }
    }
}
