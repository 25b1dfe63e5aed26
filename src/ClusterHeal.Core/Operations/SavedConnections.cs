using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Operations;

/// <summary>The connections that a user has saved, a file each that only this user can read.</summary>
/// <param name="folder">The folder.</param>
public sealed class SavedConnections(string folder)
{
    private const string Extension = ".json";
    private const int LongestName = 64;

    /// <summary>Those of the user: in <c>~/.config/clusterheal/connections</c>, or <c>%APPDATA%\clusterheal\connections</c>.</summary>
    public static SavedConnections OfUser
    {
        get
        {
            var given = OperatingSystem.IsWindows() ? null : Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
            var home = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
            return new SavedConnections(Path.Combine(string.IsNullOrEmpty(given) ? home : given, "clusterheal", "connections"));
        }
    }

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)).Where(IsName).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Saves a connection, and replaces one of the same name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="connection">The connection. Its passwords are not saved, only that it has some.</param>
    /// <exception cref="ClusterHealException">The name is not usable, or the file cannot be written.</exception>
    public void Save(string name, ClusterConnection connection)
    {
        Check(name);
        try
        {
            OwnerOnly.MakeFolder(folder);
            var part = DurableFile.PartFor(FileOf(name));
            using (var stream = DurableFile.Create(part))
            {
                JsonSerializer.Serialize(stream, SavedConnection.Of(connection), SavedConnectionJson.Default.SavedConnection);
                stream.Flush(flushToDisk: true);
            }

            DurableFile.Publish(part, FileOf(name), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotUsable(name, $"The connection '{name}' cannot be saved: {e.Message}", "See to the folder, or connect without -Save.", e);
        }
    }

    /// <summary>Reads a connection.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ClusterHealException">There is none of that name, or its file is not valid.</exception>
    public SavedConnection Load(string name)
    {
        Check(name);
        try
        {
            using var stream = File.OpenRead(FileOf(name));
            var saved = JsonSerializer.Deserialize(stream, SavedConnectionJson.Default.SavedConnection);
            if (saved?.Schema == SavedConnection.CurrentSchema) return saved;
            throw NotUsable(name, $"'{FileOf(name)}' is no connection that this version understands.", "Connect by its parameters, and save it again.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            var names = Names();
            var known = names.Count > 0 ? $"The saved connections are: {string.Join(", ", names)}." : "None is saved yet.";
            throw NotUsable(name, $"There is no saved connection '{name}'.", $"{known} Connect-Cluster -Save NAME saves one.", e);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw NotUsable(name, $"The connection '{name}' cannot be read from '{FileOf(name)}': {e.Message}", "Connect by its parameters, and save it again.", e);
        }
    }

    private string FileOf(string name) => Path.Combine(folder, name + Extension);

    private static void Check(string name)
    {
        if (!IsName(name))
            throw NotUsable(name, $"'{VisibleText.Of(name)}' cannot be the name of a saved connection.", $"Use letters, digits, '-', '_' and '.', at most {LongestName}, and begin with a letter or digit.");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static ClusterHealException NotUsable(string name, string message, string remedy, Exception? cause = null) =>
        new(ErrorIds.SavedConnectionNotUsable, FaultCategory.NotFound, $"{message} Nothing was connected to.", name, remedy, cause);
}
