using System.Text.RegularExpressions;
using ClusterHeal.Common;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>
/// Reads how an etcd member is set up, in whatever form it is written; the form is told by the content, not by the name. Flags
/// come before variables, and a configuration file (<c>--config-file</c>) shuts out both, as in etcd itself.
/// </summary>
/// <param name="readFile">Reads a file of the member's host; null where there is none.</param>
public sealed partial class EtcdConfigurationReader(Func<string, CancellationToken, Task<string?>> readFile)
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>A reader of files on this machine.</summary>
    public static EtcdConfigurationReader Local { get; } = new(ReadLocalAsync);

    /// <summary>Reads a file, and those that it names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">A file is missing or is no configuration of etcd.</exception>
    public async Task<EtcdConfiguration> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var text = await RequireAsync(path, cancellationToken).ConfigureAwait(false);
        return await ParseAsync(path, text, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the text of a file; other files are read where it names them.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">The text is no configuration of etcd, or a file that it names is missing.</exception>
    public Task<EtcdConfiguration> ParseAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (text.Length > MaxLength || text.Contains('\0', StringComparison.Ordinal))
        {
            throw ConfigurationFault.At(path, null, "is no text of reasonable length, so it is no configuration of etcd");
        }

        if (string.IsNullOrWhiteSpace(text)) throw ConfigurationFault.At(path, null, "is empty");
        if (ServiceSection().IsMatch(text)) return FromUnitAsync(path, text, cancellationToken);
        if (!Manifest().IsMatch(text) && Assignment().IsMatch(text)) return FromEnvironmentFileAsync(path, text, cancellationToken);
        return FromYamlAsync(path, text, cancellationToken);
    }

    /// <summary>Reads a command line, such as that of a running process, with its environment.</summary>
    /// <param name="source">Where it came from, for messages.</param>
    /// <param name="arguments">The words behind the program.</param>
    /// <param name="environment">The variables.</param>
    /// <param name="cancellationToken">Ends the reading of a file that it names.</param>
    public Task<EtcdConfiguration> FromCommandLineAsync(
        string source,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken) =>
        CombineAsync(new Sources(source, EtcdConfigurationForm.CommandLine, arguments, environment), cancellationToken);

    private async Task<EtcdConfiguration> FromUnitAsync(string path, string text, CancellationToken cancellationToken)
    {
        var unit = UnitFile.Parse(text);
        if (unit.Command.Count == 0) throw ConfigurationFault.At(path, null, "is a unit without ExecStart=");
        var environment = new Dictionary<string, string>(unit.Environment, StringComparer.Ordinal);
        var notes = new List<string>();
        foreach (var entry in unit.EnvironmentFiles)
        {
            var file = entry.TrimStart('-');
            var content = entry[0] == '-'
                ? await readFile(file, cancellationToken).ConfigureAwait(false)
                : await RequireAsync(file, cancellationToken).ConfigureAwait(false);
            if (content is not null) AddVariables(environment, file, content, notes);
        }

        var words = UnitFile.Expand(unit.Command, environment);
        var program = words.ToList().FindIndex(word => word is "etcd" || word.EndsWith("/etcd", StringComparison.Ordinal));
        if (program < 0) throw ConfigurationFault.At(path, null, $"is a unit that starts '{words[0]}', not etcd");
        var sources = new Sources(path, EtcdConfigurationForm.Unit, [.. words.Skip(program + 1)], environment)
        {
            Notes = notes,
            HostPath = file => Rooted(file, unit.WorkingDirectory),
        };
        return await CombineAsync(sources, cancellationToken).ConfigureAwait(false);
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

        return CombineAsync(new Sources(path, EtcdConfigurationForm.EnvironmentFile, [], environment) { Notes = notes }, cancellationToken);
    }

    private Task<EtcdConfiguration> FromYamlAsync(string path, string text, CancellationToken cancellationToken)
    {
        var root = LoadYaml(path, text);
        if (root.Child("kind").Text() is { } kind)
        {
            if (kind != "Pod") throw ConfigurationFault.At(path, root.Place.Line, $"is a manifest of kind {kind}, not of a pod");
            var pod = StaticPodManifest.Read(path, root);
            var sources = new Sources(path, EtcdConfigurationForm.StaticPod, pod.Arguments, pod.Environment)
            {
                Image = pod.Image,
                HostPath = pod.HostPath,
            };
            return CombineAsync(sources, cancellationToken);
        }

        return Task.FromResult(new EtcdSettings(path, EtcdConfigurationForm.ConfigFile, EtcdConfigFile.Read(path, root)).Build());
    }

    private async Task<EtcdConfiguration> CombineAsync(Sources sources, CancellationToken cancellationToken)
    {
        var settings = EtcdSettings.FromEnvironment(sources.Environment);
        var notes = new List<string>(sources.Notes);
        foreach (var (flag, value) in CommandLineFlags.Parse(sources.Arguments))
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

        return new EtcdSettings(sources.Path, sources.Form, settings).Build(sources.HostPath, sources.Image, notes);
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

    private static string Rooted(string path, string? folder) =>
        folder is null || path.StartsWith('/') ? path : $"{folder.TrimEnd('/')}/{path}";

    [GeneratedRegex(@"^\s*\[Service\]\s*$", RegexOptions.Multiline)]
    private static partial Regex ServiceSection();

    [GeneratedRegex(@"^(apiVersion|kind):|\A\s*\{", RegexOptions.Multiline)]
    private static partial Regex Manifest();

    [GeneratedRegex(@"^\s*(export\s+)?ETCD_[A-Z0-9_]+[ \t]*=", RegexOptions.Multiline)]
    private static partial Regex Assignment();

    private sealed record Sources(
        string Path, EtcdConfigurationForm Form, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
    {
        public IReadOnlyList<string> Notes { get; init; } = [];

        public Func<string, string>? HostPath { get; init; }

        public string? Image { get; init; }
    }
}
