using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// The fields of one mapping of a kubeconfig. A value of the wrong type is an error, as with kubectl: a token that has only digits must be in quotes.
/// </summary>
/// <param name="file">The file, for messages.</param>
/// <param name="mapping">The mapping.</param>
internal sealed class KubeconfigFields(string file, YamlMapping mapping)
{
    /// <summary>Names and values.</summary>
    public IEnumerable<KeyValuePair<string, YamlNode>> Entries => mapping.Entries;

    /// <summary>An error about this file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What is wrong, without the end of the sentence.</param>
    /// <param name="cause">What the parser said.</param>
    public static ClusterHealException Invalid(string file, string what, Exception? cause = null) => new(
        ErrorIds.KubeconfigInvalid,
        FaultCategory.InvalidData,
        $"'{file}' is not a kubeconfig: {what}.",
        file,
        "Name the right file with -Kubeconfig; 'kubectl config view' shows what kubectl makes of it.",
        cause);

    /// <summary>A text; null if it is missing or empty.</summary>
    public string? Text(string name) => mapping[name] is { } node && TextOf(name, node) is { Length: > 0 } text ? text : null;

    public IReadOnlyList<string> Texts(string name) => mapping[name] is { } node ? TextsOf(name, node) : [];

    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> TextLists(string name) =>
        [.. Map(name)?.Entries.Select(e => KeyValuePair.Create(e.Key, TextsOf(e.Key, e.Value))) ?? []];

    /// <summary>A truth value; false if it is missing.</summary>
    public bool Flag(string name) => mapping[name] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => false,
        YamlScalar { Kind: YamlScalarKind.Boolean } scalar => scalar.IsTrue,
        { } node => throw Wrong(name, node, "neither true nor false"),
    };

    /// <summary>A mapping, or null if it is missing.</summary>
    public KubeconfigFields? Map(string name) => mapping[name] is { } node ? MapOf(name, node) : null;

    /// <summary>A list of mappings; an item that is nothing has no fields.</summary>
    public IEnumerable<KubeconfigFields> Maps(string name) => mapping[name] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => [],
        YamlSequence sequence => sequence.Items.Select(item => MapOf(name, item) ?? new KubeconfigFields(file, YamlMapping.Empty)),
        { } node => throw Wrong(name, node, "not a list"),
    };

    /// <summary>A value of any kind, or null.</summary>
    public YamlNode? Any(string name) => mapping[name];

    private KubeconfigFields? MapOf(string name, YamlNode node) => node switch
    {
        YamlScalar { Kind: YamlScalarKind.Null } => null,
        YamlMapping map => new KubeconfigFields(file, map),
        _ => throw Wrong(name, node, "not a mapping"),
    };

    private IReadOnlyList<string> TextsOf(string name, YamlNode node) => node switch
    {
        YamlScalar { Kind: YamlScalarKind.Null } => [],
        YamlSequence sequence => [.. sequence.Items.Select(item => TextOf(name, item))],
        _ => throw Wrong(name, node, "not a list of texts"),
    };

    private string TextOf(string name, YamlNode node) => node switch
    {
        YamlScalar { Kind: YamlScalarKind.Null } => "",
        YamlScalar { Kind: YamlScalarKind.Text } scalar => scalar.Value,
        YamlScalar { Kind: YamlScalarKind.Boolean } => throw Wrong(name, node, "a truth value, and kubectl takes a text alone: put it in quotes"),
        YamlScalar => throw Wrong(name, node, "a number, and kubectl takes a text alone: put it in quotes"),
        _ => throw Wrong(name, node, "not a text"),
    };

    private ClusterHealException Wrong(string name, YamlNode node, string what) => Invalid(file, $"'{name}' ({node.Place}) is {what}");
}
