namespace ClusterHeal.Kubernetes;

/// <summary>
/// Reads a label selector as kubectl takes it with <c>-l</c>: <c>app=web,tier!=db,env in (a,b),env notin (c),key,!key</c>.
/// (Kubernetes: apimachinery/pkg/labels/selector.go)
/// </summary>
internal sealed class SelectorParser
{
    private static readonly string[] Operators = ["==", "!=", "=", ">", "<"];

    private readonly string _text;
    private int _at;

    private SelectorParser(string text) => _text = text;

    /// <summary>Reads a selector. An empty one selects everything.</summary>
    /// <exception cref="ClusterHealException">It is not a selector.</exception>
    public static LabelSelector Parse(string text)
    {
        var parser = new SelectorParser(text);
        List<SelectorRequirement> requirements = [];
        parser.SkipSpace();
        if (parser.IsAtEnd) return new LabelSelector();
        do requirements.Add(parser.Requirement());
        while (parser.TryTake(","));
        return parser.IsAtEnd ? new LabelSelector { MatchExpressions = requirements } : throw parser.Wrong();
    }

    private bool IsAtEnd => _at == _text.Length;

    private SelectorRequirement Requirement()
    {
        if (TryTake("!")) return new SelectorRequirement { Key = Key(), Operator = "DoesNotExist" };
        var key = Key();
        foreach (var sign in Operators)
        {
            if (TryTake(sign)) return new SelectorRequirement { Key = key, Operator = NameOf(sign), Values = [Value()] };
        }

        var before = _at;
        return Word() switch
        {
            "" => new SelectorRequirement { Key = key, Operator = "Exists" },
            "in" => new SelectorRequirement { Key = key, Operator = "In", Values = Values() },
            "notin" => new SelectorRequirement { Key = key, Operator = "NotIn", Values = Values() },
            _ => throw Wrong(before),
        };
    }

    private static string NameOf(string sign) => sign switch
    {
        "!=" => "NotIn",
        ">" => "Gt",
        "<" => "Lt",
        _ => "In",
    };

    private string[] Values()
    {
        if (!TryTake("(")) throw Wrong();
        List<string> values = [];
        do values.Add(Value());
        while (TryTake(","));
        return TryTake(")") ? [.. values] : throw Wrong();
    }

    private string Key()
    {
        var (before, key) = (_at, Word());
        return key.Length > 0 ? key : throw Wrong(before);
    }

    private string Value()
    {
        var (before, value) = (_at, Word());
        return value.Contains('/', StringComparison.Ordinal) ? throw Wrong(before) : value;
    }

    private string Word()
    {
        var start = _at;
        while (!IsAtEnd && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '_' or '.' or '/')) _at++;
        var word = _text[start.._at];
        SkipSpace();
        return word;
    }

    private bool TryTake(string sign)
    {
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0) return false;
        _at += sign.Length;
        SkipSpace();
        return true;
    }

    private void SkipSpace()
    {
        while (!IsAtEnd && _text[_at] is ' ' or '\t') _at++;
    }

    private ClusterHealException Wrong(int? at = null) => new(
        ErrorIds.LabelSelectorNotValid,
        FaultCategory.InvalidArgument,
        $"'{_text}' is not a label selector: it cannot be read from character {(at ?? _at) + 1} on.",
        _text,
        "Write it as kubectl takes it with -l: 'app=web,tier!=db,env in (test,prod),owner,!legacy'.");
}
