using System.Text.RegularExpressions;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>The etcd in the manifest of a static pod.</summary>
/// <param name="Arguments">The words after the program, with the container's variables put in.</param>
/// <param name="Environment">The container's variables that have a plain value.</param>
/// <param name="Image">The image.</param>
/// <param name="Mounts">Folders of the container and the folders of the host that are mounted there.</param>
internal sealed partial record StaticPodManifest(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? Image,
    IReadOnlyList<(string MountPath, string HostPath)> Mounts)
{
    /// <summary>True if the image chooses the program, and may set what the manifest does not.</summary>
    public bool IsByImage { get; private init; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="root">The manifest.</param>
    /// <exception cref="ClusterHealException">No container of it runs etcd.</exception>
    public static StaticPodManifest Read(string source, YamlNode root)
    {
        var spec = root.Child("spec");
        foreach (var container in spec.Child("containers").Items())
        {
            var environment = ReadEnvironment(source, container);
            string[] words =
            [
                .. container.Child("command").Items().Concat(container.Child("args").Items()).Select(node => Expand(source, node.Place.Line, node.Text() ?? "", environment)),
            ];
            var isNamed = container.Child("name").Text() == "etcd" || EtcdProgram.IsEtcd(container.Child("image").Text()?.Split(':', '@')[0] ?? "");
            // Without a command it is the image's own, and the words, if any, are etcd's flags.
            var isByImage = container.Child("command").Items().Count == 0 && words is [] or [['-', ..], ..];
            if (!isNamed && (isByImage || !words.Take(1).Any(EtcdProgram.IsEtcd))) continue;
            var known = environment.Where(variable => variable.Value is not null).ToDictionary(v => v.Key, v => v.Value!, StringComparer.Ordinal);
            var program = isByImage ? new EtcdProgram(words, known) : EtcdProgram.Find(source, container.Place.Line, words, known);
            if (environment.FirstOrDefault(v => v.Value is null && v.Key.StartsWith("ETCD_", StringComparison.Ordinal)).Key is { } unknown)
                throw OnlyAtRunTime(source, container.Place.Line, unknown);
            return new StaticPodManifest(
                program.Arguments,
                program.Environment,
                container.Child("image").Text(),
                MountsOf(spec, container))
            {
                IsByImage = isByImage,
            };
        }

        throw ConfigurationFault.At(source, null, "is the manifest of a pod in which no container runs etcd");
    }

    /// <summary>The container of another program in a manifest, or null if none runs it.</summary>
    /// <param name="root">The manifest.</param>
    /// <param name="program">The name of the program, and of its container.</param>
    public static StaticPodManifest? Find(YamlNode? root, string program)
    {
        var spec = root.Child("spec");
        foreach (var container in spec.Child("containers").Items())
        {
            string[] words = [.. container.Child("command").Items().Concat(container.Child("args").Items()).Select(node => node.Text() ?? "")];
            if (container.Child("name").Text() != program && words.FirstOrDefault()?.Split('/')[^1] != program) continue;
            return new StaticPodManifest(words, new Dictionary<string, string>(), container.Child("image").Text(), MountsOf(spec, container));
        }

        return null;
    }

    /// <summary>A note if the data are in the container and not on the host.</summary>
    /// <param name="dataDirectory">The data folder, as the host sees it.</param>
    public IEnumerable<string> NotesOn(string dataDirectory)
    {
        var isOnHost = Mounts.Any(mount => (dataDirectory + "/").StartsWith(mount.HostPath.TrimEnd('/') + "/", StringComparison.Ordinal));
        if (!isOnHost) yield return $"The data folder '{dataDirectory}' is not mounted from the host: it is the container's, and goes with it.";
    }

    /// <summary>The path on the host of a path in the container; the same if nothing is mounted there.</summary>
    /// <param name="path">A path as etcd sees it.</param>
    public string HostPath(string path)
    {
        foreach (var (mountPath, hostPath) in Mounts)
        {
            if (path == mountPath) return hostPath;
            if (path.StartsWith(mountPath.TrimEnd('/') + "/", StringComparison.Ordinal))
            {
                return hostPath.TrimEnd('/') + path[mountPath.TrimEnd('/').Length..];
            }
        }

        return path;
    }

    /// <summary>The container's variables; null for a value that comes from somewhere else (<c>valueFrom</c>).</summary>
    private static Dictionary<string, string?> ReadEnvironment(string source, YamlNode container)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var variable in container.Child("env").Items())
        {
            if (variable.Child("name").Text() is not { } name) continue;
            environment[name] = variable.Child("valueFrom") is YamlMapping ? null : Expand(source, variable.Place.Line, variable.Child("value").Text() ?? "", environment);
        }

        return environment;
    }

    private static (string MountPath, string HostPath)[] MountsOf(YamlNode? spec, YamlNode container) =>
        [.. ReadMounts(spec, container).OrderByDescending(mount => mount.MountPath.Length)];

    private static IEnumerable<(string MountPath, string HostPath)> ReadMounts(YamlNode? spec, YamlNode container)
    {
        var volumes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in spec.Child("volumes").Items())
        {
            if (volume.Child("name").Text() is { } name && volume.Child("hostPath").Child("path").Text() is { } path) volumes[name] = path;
        }

        foreach (var mount in container.Child("volumeMounts").Items())
        {
            if (mount.Child("mountPath").Text() is { } mountPath && volumes.TryGetValue(mount.Child("name").Text() ?? "", out var hostPath))
            {
                yield return (mountPath, hostPath);
            }
        }
    }

    /// <summary>Kubernetes replaces <c>$(NAME)</c> if it knows the name, and otherwise leaves it.</summary>
    private static string Expand(string source, int line, string word, Dictionary<string, string?> environment) => Reference().Replace(word, match =>
    {
        if (match.Value == "$$") return "$";
        if (!environment.TryGetValue(match.Groups[1].Value, out var value)) return match.Value;
        return value ?? throw OnlyAtRunTime(source, line, match.Groups[1].Value);
    });

    private static ClusterHealException OnlyAtRunTime(string source, int line, string name) => ConfigurationFault.At(
        source,
        line,
        $"the variable {name} has a value that only the kubelet knows (valueFrom)",
        "Read it while etcd runs, or give the settings to the cmdlet that needs them: -Endpoint, -CaFile, -CertFile, -KeyFile.");

    [GeneratedRegex(@"\$\$|\$\(([-._A-Za-z][-._A-Za-z0-9]*)\)")]
    private static partial Regex Reference();
}
