using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace ClusterHeal.Common;

/// <summary>
/// Reads YAML (and JSON, which is YAML) into nodes. The loader of the library is recursive and would end the process on text that
/// nests without end, so the depth is measured first, by its parser, which is not.
/// </summary>
internal static class YamlText
{
    private const int MaxDepth = 64;

    /// <summary>Reads the first document.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its root, or null where there is no document.</returns>
    /// <exception cref="YamlException">It is not YAML, or nests too deep; <see cref="YamlException.Start"/> says where.</exception>
    public static YamlNode? Load(string text)
    {
        MeasureDepth(text);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null;
    }

    /// <summary>The value of a key in a mapping, or null where there is none.</summary>
    /// <param name="node">A mapping; anything else has no keys.</param>
    /// <param name="key">The key.</param>
    public static YamlNode? Child(this YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    /// <summary>The items of a sequence; none where it is no sequence.</summary>
    /// <param name="node">A sequence.</param>
    public static IEnumerable<YamlNode> Items(this YamlNode? node) => node is YamlSequenceNode sequence ? sequence.Children : [];

    /// <summary>The text of a scalar, or null where it is none, or YAML's null.</summary>
    /// <param name="node">A scalar.</param>
    public static string? Text(this YamlNode? node) =>
        node is YamlScalarNode scalar && (scalar.Style != ScalarStyle.Plain || scalar.Value is not ("~" or "null" or ""))
            ? scalar.Value
            : null;

    private static void MeasureDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            if (parser.Current is MappingStart or SequenceStart && ++depth > MaxDepth)
            {
                throw new YamlException(parser.Current.Start, parser.Current.End, $"it nests deeper than {MaxDepth} levels");
            }

            if (parser.Current is MappingEnd or SequenceEnd) depth--;
        }
    }
}
