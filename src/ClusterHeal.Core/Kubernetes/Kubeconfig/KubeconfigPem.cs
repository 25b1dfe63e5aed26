using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads the certificates and keys of a kubeconfig, from itself or from files that it names.</summary>
internal static class KubeconfigPem
{
    /// <summary>Reads one.</summary>
    /// <param name="file">The kubeconfig.</param>
    /// <param name="field">The field that names the file; the field with the text itself ends in <c>-data</c>.</param>
    /// <param name="path">The file, or null.</param>
    /// <param name="data">The text in base64, or null.</param>
    /// <returns>Null if neither is given.</returns>
    /// <exception cref="ClusterHealException">Both are given, it is not base64, or the file cannot be read.</exception>
    public static PemText? Read(string file, string field, string? path, string? data)
    {
        if (data is null) return path is null ? null : new PemText(path, ReadText(path, field));
        if (path is not null)
        {
            throw KubeconfigConnection.Unusable(
                file, $"it has both {field} and {field}-data, and kubectl takes no file that has both", "Remove one of the two.");
        }

        try
        {
            return new PemText($"{field}-data of {file}", Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        }
        catch (FormatException e)
        {
            throw KubeconfigConnection.Unusable(file, $"its {field}-data is not base64", "Write the file again, for example with 'kubectl config set-credentials'.", e);
        }
    }

    private static string ReadText(string path, string field)
    {
        try
        {
            return TextFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var fault = FileFault.From(e, path, "read");
            throw new ClusterHealException(
                fault.ErrorId,
                fault.Category,
                $"The {field} file that the kubeconfig names: {fault.Message}",
                path,
                "Paths in a kubeconfig are relative to the folder that it lies in.",
                e);
        }
    }
}
