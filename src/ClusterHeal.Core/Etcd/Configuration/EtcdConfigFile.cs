using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>
/// Reads etcd's own configuration file (<c>--config-file</c>). Its names are those of the flags, in upper or lower case. Only those of TLS are in two groups.
/// </summary>
internal static class EtcdConfigFile
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>The settings by the names of their flags.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="root">Its content.</param>
    /// <exception cref="ClusterHealException">It has none of etcd's settings, or one of the wrong kind, on which etcd does not start.</exception>
    public static Dictionary<string, string> Read(string path, YamlMapping root)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        AddScalars(root, "");
        if (!settings.Keys.Any(key => key.Equals("name", AnyCase) || key.Equals("data-dir", AnyCase) || key.EndsWith("-urls", AnyCase)))
        {
            throw ConfigurationFault.At(path, root.Place.Line, "none of etcd's settings is in this file");
        }

        foreach (var (name, group) in root.Entries)
        {
            if (name.Equals("client-transport-security", AnyCase)) AddScalars(group, "");
            if (name.Equals("peer-transport-security", AnyCase)) AddScalars(group, "peer-");
        }

        return settings;

        void AddScalars(YamlNode node, string prefix)
        {
            foreach (var (name, value) in (node as YamlMapping ?? YamlMapping.Empty).Entries)
            {
                if (Value(path, prefix + name, value) is { } text) settings[prefix + name] = text;
            }
        }
    }

    /// <summary>Each setting takes one kind of value. With another kind etcd does not start.</summary>
    private static string? Value(string path, string name, YamlNode node)
    {
        if (!EtcdSettings.IsKnown(name) || node is YamlScalar { Kind: YamlScalarKind.Null }) return null;
        var isFlag = name.EndsWith("client-cert-auth", AnyCase);
        var isNumber = name.Equals("quota-backend-bytes", AnyCase);
        return node switch
        {
            YamlScalar { Kind: YamlScalarKind.Boolean } scalar when isFlag => scalar.IsTrue ? "true" : "false",
            YamlScalar { Integer: { } number } when isNumber => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            YamlScalar { Kind: YamlScalarKind.Text } scalar when !isFlag && !isNumber => scalar.Value,
            _ => throw ConfigurationFault.At(
                path,
                node.Place.Line,
                $"'{name}' is {(isFlag ? "neither true nor false" : isNumber ? "not a number" : "not a text")}, and etcd does not start with it",
                "Correct it: a text that looks like a number or a truth value stands in quotes, these stand without."),
        };
    }
}
