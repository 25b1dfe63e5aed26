namespace ClusterHeal.Common.Yaml;

/// <summary>
/// The one way in which YAML (and JSON, which is YAML) is read here. Its limits hold before anything is built: some texts come from other hosts while
/// a cluster is down, and none may hang or end the process.
/// </summary>
internal static class YamlText
{
    /// <summary>How long a text may be, in characters.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Reads the first document; kubectl and etcd do not look at what follows.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its root, or null if there is no document.</returns>
    /// <exception cref="YamlFault">It is not YAML, or it is larger than any real file.</exception>
    public static YamlNode? Load(string text) => LoadAll(text).FirstOrDefault();

    /// <summary>Reads the documents, each when it is taken.</summary>
    /// <inheritdoc cref="Load"/>
    public static IEnumerable<YamlNode> LoadAll(string text)
    {
        if (text.Length > MaxLength) throw new YamlFault(new YamlPlace(1, 1), $"it is longer than {MaxLength >> 20} MiB");
        CheckCharacters(text);
        return new YamlReader(text).Documents();
    }

    /// <summary>The value of a name in a mapping, or null if there is none.</summary>
    /// <param name="node">A mapping; anything else has no names.</param>
    /// <param name="name">The name.</param>
    public static YamlNode? Child(this YamlNode? node, string name) => (node as YamlMapping)?[name];

    /// <summary>The items of a list; none if it is no list.</summary>
    /// <param name="node">A list.</param>
    public static IReadOnlyList<YamlNode> Items(this YamlNode? node) => node is YamlSequence sequence ? sequence.Items : [];

    /// <summary>What a scalar says, or null if it is none, or YAML's null.</summary>
    /// <param name="node">A scalar.</param>
    public static string? Text(this YamlNode? node) => node is YamlScalar { Kind: not YamlScalarKind.Null } scalar ? scalar.Value : null;

    /// <summary>YAML allows no control characters, and its parser would not say where they are.</summary>
    private static void CheckCharacters(string text)
    {
        int line = 1, start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n') (line, start) = (line + 1, i + 1);
            if (c is '\t' or '\n' or '\r' or '\x85' or (>= ' ' and < '\x7f') or (>= '\xa0' and not ('\ufffe' or '\uffff'))) continue;
            var what = c == 0 ? "a NUL byte" : $"the control character U+{(int)c:X4}";
            throw new YamlFault(new YamlPlace(line, i - start + 1), $"it has {what}, which YAML does not allow");
        }
    }
}
