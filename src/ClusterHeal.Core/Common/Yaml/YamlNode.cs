namespace ClusterHeal.Common.Yaml;

/// <summary>A value of a YAML text. An alias and its anchor are one and the same node.</summary>
/// <param name="place">Where it begins.</param>
internal abstract class YamlNode(YamlPlace place)
{
    /// <summary>Where it begins.</summary>
    public YamlPlace Place => place;

    /// <summary>How many nodes it is made of when all aliases are written out.</summary>
    public long Weight { get; protected init; } = 1;

    /// <summary>How many levels it has when all aliases are written out.</summary>
    public int Depth { get; protected init; } = 1;
}

/// <summary>Names and values, in their order. Of several values with one name the last counts, as for kubectl and etcd.</summary>
internal sealed class YamlMapping : YamlNode
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    /// <summary>A mapping without entries.</summary>
    public static YamlMapping Empty { get; } = new(new YamlPlace(1, 1), []);

    public YamlMapping(YamlPlace place, IEnumerable<KeyValuePair<string, YamlNode>> entries)
        : base(place)
    {
        foreach (var (name, value) in entries)
        {
            _values[name] = value;
            Weight += 1 + value.Weight;
            Depth = Math.Max(Depth, 1 + value.Depth);
        }
    }

    /// <summary>Names and values.</summary>
    public IEnumerable<KeyValuePair<string, YamlNode>> Entries => _values;

    /// <summary>The value of a name, or null.</summary>
    public YamlNode? this[string name] => _values.GetValueOrDefault(name);
}

/// <summary>A list.</summary>
internal sealed class YamlSequence : YamlNode
{
    public YamlSequence(YamlPlace place, IReadOnlyList<YamlNode> items)
        : base(place)
    {
        Items = items;
        foreach (var item in items)
        {
            Weight += item.Weight;
            Depth = Math.Max(Depth, 1 + item.Depth);
        }
    }

    public IReadOnlyList<YamlNode> Items { get; }
}

/// <summary>A text, a number, a truth value, or nothing.</summary>
/// <param name="place">Where it begins.</param>
/// <param name="value">What is written, escapes and quotes undone.</param>
/// <param name="kind">What it is taken for.</param>
internal sealed class YamlScalar(YamlPlace place, string value, YamlScalarKind kind) : YamlNode(place)
{
    /// <summary>What is written, escapes and quotes undone.</summary>
    public string Value => value;

    /// <summary>What it is taken for.</summary>
    public YamlScalarKind Kind => kind;

    /// <summary>True for <c>true</c>, <c>yes</c>, <c>y</c> and <c>on</c>.</summary>
    public bool IsTrue => kind == YamlScalarKind.Boolean && value.ToLowerInvariant() is "true" or "yes" or "y" or "on";

    /// <summary>The number, which may be written in other bases, or null if it is none, or too large.</summary>
    public long? Integer => kind == YamlScalarKind.Integer ? GoInteger.Parse(value) : null;
}
