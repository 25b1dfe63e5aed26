using System.Text.RegularExpressions;
using ClusterHeal.Common;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>
/// Reads how an etcd member is set up, in any form: the content shows which form it is, not the name. Flags override variables, and a configuration
/// file (<c>--config-file</c>) disables both, as in etcd itself.
/// </summary>
/// <param name="readFile">Reads a file of the member's host; null if there is none.</param>
public sealed partial class EtcdConfigurationReader(Func<string, CancellationToken, Task<string?>> readFile)
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>A reader of files on this machine.</summary>
    public static EtcdConfigurationReader Local { get; } = new(ReadLocalAsync)
    {
        FindFiles = (pattern, _) => Task.FromResult(LocalFiles.Matching(pattern)),
        FindDropIns = LocalFiles.DropInsOf,
    };

    /// <summary>The files of the member's host that match a pattern, sorted; without this a pattern is one file's name.</summary>
    internal Func<string, CancellationToken, Task<IReadOnlyList<string>>>? FindFiles { get; init; }

    /// <summary>The drop-ins of a unit's file, in the order in which they apply; null if its text has them already.</summary>
    internal Func<string, IReadOnlyList<string>>? FindDropIns { get; init; }

    /// <summary>The values that systemd puts into units of the member's host.</summary>
    internal Func<CancellationToken, Task<MachineFacts>> FindMachine { get; init; } = _ => Task.FromResult(MachineFacts.OfThisMachine());

    /// <summary>Reads a file, and those that it names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">A file is missing or is no configuration of etcd.</exception>
    public async Task<EtcdConfiguration> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var text = await RequireAsync(path, cancellationToken).ConfigureAwait(false);
        return await ParseAsync(path, text, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the text of a file, and the files that it names.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">The text is no configuration of etcd, or a file that it names is missing.</exception>
    public Task<EtcdConfiguration> ParseAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (text.Length > MaxLength) throw ConfigurationFault.At(path, null, "is longer than 1 MiB, so it is no configuration of etcd");
        if (string.IsNullOrWhiteSpace(text)) throw ConfigurationFault.At(path, null, "is empty");
        if (ServiceSection().IsMatch(text)) return FromUnitFileAsync(path, text, cancellationToken);
        if (!Manifest().IsMatch(text) && Assignment().IsMatch(text)) return FromEnvironmentFileAsync(path, text, cancellationToken);
        return FromYamlAsync(path, text, cancellationToken);
    }

    /// <summary>Reads a unit.</summary>
    /// <param name="path">Its file, for messages.</param>
    /// <param name="unitName">Its name, instance included.</param>
    /// <param name="text">Its text, followed by that of its drop-ins.</param>
    /// <param name="cancellationToken">Ends the reading of the files that it names.</param>
    /// <exception cref="ClusterHealException">It does not start etcd in a way that can be followed, or a file that it names is missing.</exception>
    internal async Task<EtcdConfiguration> FromUnitAsync(string path, string unitName, string text, CancellationToken cancellationToken)
    {
        var machine = text.Contains('%', StringComparison.Ordinal) ? await FindMachine(cancellationToken).ConfigureAwait(false) : MachineFacts.Unknown;
        var unit = UnitFile.Parse(text, new SystemdSpecifiers(path, unitName, machine));
        if (unit.Command.Count == 0) throw ConfigurationFault.At(path, null, "is a unit without ExecStart=");
        var environment = new Dictionary<string, string>(unit.Environment, StringComparer.Ordinal);
        var notes = new List<string>();
        foreach (var entry in unit.EnvironmentFiles) await AddFilesAsync(environment, entry, notes, cancellationToken).ConfigureAwait(false);
        foreach (var name in unit.PassEnvironment.Where(name => name.StartsWith("ETCD_", StringComparison.Ordinal) && !environment.ContainsKey(name)))
        {
            notes.Add($"{path}: {name} comes from systemd's own environment, which was not read.");
        }

        foreach (var taken in unit.UnsetEnvironment)
        {
            if (taken.Split('=', 2) is not [var name, var value] || environment.GetValueOrDefault(name) == value) environment.Remove(taken.Split('=')[0]);
        }

        var program = EtcdProgram.Find(path, null, unit.Expand(environment), environment);
        var sources = new EtcdSources(path, EtcdConfigurationForm.Unit, program.Arguments, program.Environment)
        {
            Notes = notes,
            HostPath = file => Rooted((file.StartsWith('/') ? file : Rooted(file, Folder(path, unit))).TrimStart('/'), unit.RootDirectory),
        };
        return await CombineAsync(sources, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts all settings together.</summary>
    /// <param name="sources">What etcd is started with.</param>
    /// <param name="cancellationToken">Ends the reading of a file that they name.</param>
    /// <exception cref="ClusterHealException">They make no sense, or a file that they name is missing.</exception>
    internal async Task<EtcdConfiguration> CombineAsync(EtcdSources sources, CancellationToken cancellationToken)
    {
        var settings = EtcdSettings.FromEnvironment(sources.Environment);
        var notes = new List<string>(sources.Notes);
        foreach (var (flag, value) in CommandLineFlags.Parse(sources.Path, sources.Arguments))
        {
            if (settings.ContainsKey(flag)) notes.Add($"--{flag} is in the environment, too, and etcd refuses to start so.");
            settings[flag] = value;
        }

        if (settings.TryGetValue("config-file", out var configFile))
        {
            var hostFile = sources.HostPath?.Invoke(configFile) ?? configFile;
            var text = await RequireAsync(hostFile, cancellationToken).ConfigureAwait(false);
            settings = EtcdConfigFile.Read(hostFile, LoadYaml(hostFile, text));
        }
        else if (sources.MayBeIncomplete && !settings.ContainsKey("data-dir"))
        {
            throw ConfigurationFault.At(
                sources.Path,
                null,
                "says neither the program nor the data folder of its container, so the image decides on them, which cannot be read here",
                "Give the settings to the cmdlet that needs them: -Endpoint, -CaFile, -CertFile, -KeyFile.");
        }

        return new EtcdSettings(sources.Path, sources.Form, settings).Build(sources.HostPath, sources.Image, notes);
    }

    private async Task<EtcdConfiguration> FromUnitFileAsync(string path, string text, CancellationToken cancellationToken)
    {
        foreach (var file in FindDropIns?.Invoke(path) ?? [])
        {
            text += "\n" + await RequireAsync(file, cancellationToken).ConfigureAwait(false);
        }

        return await FromUnitAsync(path, path[(path.LastIndexOfAny(['/', '\\']) + 1)..], text, cancellationToken).ConfigureAwait(false);
    }

    private async Task AddFilesAsync(Dictionary<string, string> environment, string entry, List<string> notes, CancellationToken cancellationToken)
    {
        var mayBeMissing = entry.StartsWith('-');
        var pattern = mayBeMissing ? entry[1..] : entry;
        IReadOnlyList<string> files = FindFiles is not null && pattern.AsSpan().IndexOfAny("*?[") >= 0
            ? await FindFiles(pattern, cancellationToken).ConfigureAwait(false)
            : [pattern];
        if (files.Count == 0 && !mayBeMissing) await RequireAsync(pattern, cancellationToken).ConfigureAwait(false);
        foreach (var file in files)
        {
            var content = mayBeMissing
                ? await readFile(file, cancellationToken).ConfigureAwait(false)
                : await RequireAsync(file, cancellationToken).ConfigureAwait(false);
            if (content is not null) AddVariables(environment, file, content, notes);
        }
    }

    private Task<EtcdConfiguration> FromEnvironmentFileAsync(string path, string text, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        var notes = new List<string>();
        AddVariables(environment, path, text, notes);
        if (!environment.Keys.Any(name => name.StartsWith("ETCD_", StringComparison.Ordinal)))
        {
            throw ConfigurationFault.At(path, null, notes.Count > 0 ? $"sets no ETCD_ variable ({notes[0]})" : "sets no ETCD_ variable");
        }

        return CombineAsync(new EtcdSources(path, EtcdConfigurationForm.EnvironmentFile, [], environment) { Notes = notes }, cancellationToken);
    }

    /// <summary>Reads the manifest of a static pod.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">The file is missing or is no manifest of an etcd.</exception>
    internal async Task<(EtcdConfiguration Configuration, StaticPodManifest Pod)> ReadManifestAsync(string path, CancellationToken cancellationToken)
    {
        var root = LoadYaml(path, await RequireAsync(path, cancellationToken).ConfigureAwait(false));
        return await FromManifestAsync(path, root, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(EtcdConfiguration Configuration, StaticPodManifest Pod)> FromManifestAsync(
        string path, YamlMapping root, CancellationToken cancellationToken)
    {
        if (root.Child("kind").Text() is var kind and not "Pod") throw ConfigurationFault.At(path, root.Place.Line, $"is a manifest of kind {kind}, not of a pod");
        var pod = StaticPodManifest.Read(path, root);
        var sources = new EtcdSources(path, EtcdConfigurationForm.StaticPod, pod.Arguments, pod.Environment)
        {
            Image = pod.Image,
            HostPath = pod.HostPath,
            MayBeIncomplete = pod.IsByImage,
        };
        var configuration = await CombineAsync(sources, cancellationToken).ConfigureAwait(false);
        return (configuration with { Notes = [.. configuration.Notes, .. pod.NotesOn(configuration.DataDirectory)] }, pod);
    }

    private async Task<EtcdConfiguration> FromYamlAsync(string path, string text, CancellationToken cancellationToken)
    {
        var root = LoadYaml(path, text);
        return root.Child("kind") is null
            ? new EtcdSettings(path, EtcdConfigurationForm.ConfigFile, EtcdConfigFile.Read(path, root)).Build()
            : (await FromManifestAsync(path, root, cancellationToken).ConfigureAwait(false)).Configuration;
    }

    private static async Task<string?> ReadLocalAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await TextFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, path, "read");
        }
    }

    private async Task<string> RequireAsync(string path, CancellationToken cancellationToken) =>
        await readFile(path, cancellationToken).ConfigureAwait(false) ?? throw new ClusterHealException(
            ErrorIds.PathNotFound, FaultCategory.NotFound, $"Cannot read '{path}': it does not exist.", path, "Check the path.");

    private static void AddVariables(Dictionary<string, string> environment, string path, string text, List<string> notes)
    {
        foreach (var variable in EnvironmentFile.Parse(text))
        {
            if (variable.IsValid) environment[variable.Name] = variable.Value;
            else notes.Add($"{path}, line {variable.Line}: systemd ignores '{variable.Name}=', which is not a variable's name.");
        }
    }

    private static YamlMapping LoadYaml(string path, string text)
    {
        try
        {
            return YamlText.Load(text) as YamlMapping ?? throw ConfigurationFault.At(path, 1, "it is no configuration of etcd");
        }
        catch (YamlFault e)
        {
            throw ConfigurationFault.At(path, e.Place.Line, $"neither an assignment nor YAML (column {e.Place.Column}: {e.Message})", null, e);
        }
    }

    private static string Folder(string path, UnitFile unit) => unit.WorkingDirectory != "~" ? unit.WorkingDirectory : throw ConfigurationFault.At(
        path, null, "runs etcd in the home of its user, and a path of it is relative to that, which is not known here", "Write the path in full.");

    private static string Rooted(string path, string folder) => path.StartsWith('/') ? path : $"{folder.TrimEnd('/')}/{path}";

    [GeneratedRegex(@"^\s*\[Service\]\s*$", RegexOptions.Multiline)]
    private static partial Regex ServiceSection();

    [GeneratedRegex(@"^(apiVersion|kind):|\A\s*\{", RegexOptions.Multiline)]
    private static partial Regex Manifest();

    [GeneratedRegex(@"^\s*(export\s+)?ETCD_[A-Z0-9_]+[ \t]*=", RegexOptions.Multiline)]
    private static partial Regex Assignment();
}
