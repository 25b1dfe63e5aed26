using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ClusterHeal.Common.Yaml;

/// <summary>
/// Builds nodes from a parser's events, and counts them. The library's own loader is recursive, compares whole nodes if one is used as a name, and
/// does not count the aliases that it follows: a short text can end the process, or keep it busy for hours.
/// </summary>
/// <param name="text">The text.</param>
internal sealed class YamlReader(string text)
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 500_000;

    private readonly Parser _parser = new(new StringReader(text));
    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private long _nodes;

    /// <summary>The documents, each when it is taken.</summary>
    public IEnumerable<YamlNode> Documents()
    {
        for (var e = Next(); e is not StreamEnd; e = Next())
        {
            if (e is not DocumentStart) continue;
            _anchors.Clear();
            var root = Read(Next(), MaxDepth);
            Next();
            yield return root;
        }
    }

    private YamlNode Read(ParsingEvent e, int levels)
    {
        if (levels == 0) throw new YamlFault(Place(e.Start), $"it nests deeper than {MaxDepth} levels");
        Count(1, e);
        if (e is AnchorAlias alias) return Anchored(alias, levels);
        var anchor = e is NodeEvent { Anchor: { IsEmpty: false } name } ? name.Value : null;
        // An alias inside its own anchor would be a node without end.
        if (anchor is not null) _anchors[anchor] = null;
        YamlNode node = e switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(e, levels - 1),
            MappingStart => ReadMapping(e, levels - 1),
            _ => throw new YamlFault(Place(e.Start), "a value is missing"),
        };
        if (anchor is not null) _anchors[anchor] = node;
        return node;
    }

    private YamlNode Anchored(AnchorAlias alias, int levels)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node)) throw new YamlFault(Place(alias.Start), $"no anchor &{alias.Value} stands before the alias *{alias.Value}");
        if (node is null) throw new YamlFault(Place(alias.Start), $"the anchor &{alias.Value} contains itself");
        if (node.Depth > levels) throw new YamlFault(Place(alias.Start), $"it nests deeper than {MaxDepth} levels");
        Count(node.Weight, alias);
        return node;
    }

    private YamlSequence ReadSequence(ParsingEvent start, int levels)
    {
        var items = new List<YamlNode>();
        for (var e = Next(); e is not SequenceEnd; e = Next()) items.Add(Read(e, levels));
        return new YamlSequence(Place(start.Start), items);
    }

    private YamlMapping ReadMapping(ParsingEvent start, int levels)
    {
        var entries = new List<KeyValuePair<string, YamlNode>>();
        for (var e = Next(); e is not MappingEnd; e = Next())
        {
            var isMerge = e is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var name = Read(e, levels);
            var value = Read(Next(), levels);
            // In the order of the text: for kubectl and etcd, a merge overrides what is before it.
            if (isMerge) entries.AddRange(Merged(value));
            else entries.Add(KeyValuePair.Create(NameOf(name), value));
        }

        return new YamlMapping(Place(start.Start), entries);
    }

    private static string NameOf(YamlNode node) => node is YamlScalar { Kind: not YamlScalarKind.Null } scalar
        ? scalar.Value
        : throw new YamlFault(node.Place, "the name of a value is no text");

    /// <summary>What <c>&lt;&lt;</c> merges. Of several mappings the first wins.</summary>
    private static IEnumerable<KeyValuePair<string, YamlNode>> Merged(YamlNode value)
    {
        IReadOnlyList<YamlNode> sources = value is YamlSequence sequence ? sequence.Items : [value];
        return sources.Reverse().SelectMany(source => source is YamlMapping mapping
            ? mapping.Entries
            : throw new YamlFault(source.Place, "'<<' takes a mapping, or a list of them"));
    }

    private static YamlScalar ReadScalar(Scalar scalar)
    {
        var place = Place(scalar.Start);
        var tag = TagOf(scalar.Tag);
        if (tag == "binary") return new YamlScalar(place, Decoded(scalar, place), YamlScalarKind.Text);
        var kind = tag switch
        {
            null when scalar.Style == ScalarStyle.Plain => YamlScalarKinds.Of(scalar.Value),
            "int" or "float" or "bool" or "null" => YamlScalarKinds.Of(scalar.Value),
            _ => YamlScalarKind.Text,
        };
        return new YamlScalar(place, scalar.Value, kind);
    }

    private static string Decoded(Scalar scalar, YamlPlace place)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(scalar.Value));
        }
        catch (FormatException e)
        {
            throw new YamlFault(place, "a value marked !!binary is not base64", e);
        }
    }

    private static string? TagOf(TagName tag)
    {
        const string Standard = "tag:yaml.org,2002:";
        if (tag.IsEmpty) return null;
        return tag.Value.StartsWith(Standard, StringComparison.Ordinal) ? tag.Value[Standard.Length..] : tag.Value;
    }

    private void Count(long nodes, ParsingEvent e)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes) throw new YamlFault(Place(e.Start), $"it has more than {MaxNodes} values, aliases unfolded");
    }

    private ParsingEvent Next()
    {
        try
        {
            if (_parser.MoveNext()) return _parser.Current!;
        }
        catch (YamlException e)
        {
            throw IndentingTab(e) is { } tab
                ? new YamlFault(tab, "a tab stands where only spaces may indent", e)
                : new YamlFault(Place(e.Start), e.Message.TrimEnd('.'), e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library throws exceptions of many kinds on texts that its authors did not think of.
            var place = _parser.Current is { } last ? Place(last.End) : new YamlPlace(1, 1);
            throw new YamlFault(place, "it is not YAML behind this place", e);
        }

        throw new YamlFault(_parser.Current is { } end ? Place(end.End) : new YamlPlace(1, 1), "it ends too early");
    }

    /// <summary>The first tab that indents a line where the parser stopped. The parser itself often names another line.</summary>
    private YamlPlace? IndentingTab(YamlException fault)
    {
        var (first, last) = ((int)fault.Start.Line, (int)fault.End.Line + 1);
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (++number < first) continue;
            if (number > last) return null;
            var tab = line[..^line.TrimStart(" \t").Length].IndexOf('\t');
            if (tab >= 0) return new YamlPlace(number, tab + 1);
        }

        return null;
    }

    private static YamlPlace Place(Mark mark) => new((int)mark.Line, (int)mark.Column);
}
