using System.Text.RegularExpressions;

namespace ClusterHeal.Common.Yaml;

/// <summary>What a scalar is taken for.</summary>
internal enum YamlScalarKind
{
    Null,
    Boolean,
    Integer,
    Float,
    Text,
}

/// <summary>
/// Tells what a plain scalar is, as kubectl and etcd do: both read YAML 1.1 (go.yaml.in/yaml/v2), in which <c>yes</c> and <c>on</c> are
/// truth values.
/// </summary>
internal static partial class YamlScalarKinds
{
    public static YamlScalarKind Of(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => YamlScalarKind.Null,
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => YamlScalarKind.Boolean,
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => YamlScalarKind.Boolean,
        _ when plain[0] is not ((>= '0' and <= '9') or '+' or '-' or '.') => YamlScalarKind.Text,
        _ when Integer().IsMatch(plain) => YamlScalarKind.Integer,
        _ when Float().IsMatch(plain) => YamlScalarKind.Float,
        _ => YamlScalarKind.Text,
    };

    [GeneratedRegex(@"^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$", RegexOptions.NonBacktracking)]
    private static partial Regex Float();
}
