using System.Text.RegularExpressions;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>The etcd in the manifest of a static pod.</summary>
/// <param name="Arguments">The words behind the program, variables of the container put in.</param>
/// <param name="Environment">The container's variables that have a plain value.</param>
/// <param name="Image">The image.</param>
/// <param name="Mounts">Folders of the container and the folders of the host that are mounted there.</param>
internal sealed partial record StaticPodManifest(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? Image,
    IReadOnlyList<(string MountPath, string HostPath)> Mounts)
{
    /// <summary>Reads a manifest.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="root">The manifest.</param>
    /// <exception cref="ClusterHealException">No container of it runs etcd.</exception>
    public static StaticPodManifest Read(string source, YamlNode root)
    {
        var spec = root.Child("spec");
        foreach (var container in spec.Child("containers").Items())
        {
            string[] words =
            [
                .. container.Child("command").Items().Concat(container.Child("args").Items()).Select(node => node.Text() ?? ""),
            ];
            var program = Array.FindIndex(words, word => word is "etcd" || word.EndsWith("/etcd", StringComparison.Ordinal));
            var isNamed = container.Child("name").Text() == "etcd";
            if (program < 0 && !isNamed) continue;
            // Without a program among the words it is the image's own entry point, and all words are flags.
            if (program < 0 && words is not [['-', ..], ..]) throw RunsThroughShell(source, container);

            var environment = ReadEnvironment(container);
            return new StaticPodManifest(
                [.. words.Skip(program + 1).Select(word => Expand(word, environment))],
                environment,
                container.Child("image").Text(),
                [.. ReadMounts(spec, container).OrderByDescending(mount => mount.MountPath.Length)]);
        }

        throw ConfigurationFault.At(source, null, "is the manifest of a pod in which no container runs etcd");
    }

    /// <summary>The path on the host of a path in the container; the same where nothing is mounted there.</summary>
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

    private static Dictionary<string, string> ReadEnvironment(YamlNode container)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in container.Child("env").Items())
        {
            if (variable.Child("name").Text() is { } name && variable.Child("value") is YamlScalar { Value: var value })
            {
                environment[name] = Expand(value, environment);
            }
        }

        return environment;
    }

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

    /// <summary>Kubernetes puts in <c>$(NAME)</c> where it knows the name, and leaves it where it does not.</summary>
    private static string Expand(string word, Dictionary<string, string> environment) =>
        Reference().Replace(word, match => match.Value == "$$" ? "$" : environment.GetValueOrDefault(match.Groups[1].Value, match.Value));

    private static ClusterHealException RunsThroughShell(string source, YamlNode container) => ConfigurationFault.At(
        source,
        container.Place.Line,
        "the container 'etcd' starts etcd through another program, whose work cannot be read here",
        "Give the settings to the cmdlet that needs them: -Endpoint, -CaFile, -CertFile, -KeyFile.");

    [GeneratedRegex(@"\$\$|\$\(([-._A-Za-z][-._A-Za-z0-9]*)\)")]
    private static partial Regex Reference();
}
