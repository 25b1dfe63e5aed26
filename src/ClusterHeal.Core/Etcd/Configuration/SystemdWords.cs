using System.Globalization;
using System.Text;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>Splits a line into words as systemd does (systemd.syntax(7)): quotes may be around any part, escapes are those of C.</summary>
internal static class SystemdWords
{
    private const string Plain = "abfnrtvs\\\"'";
    private const string Meant = "\a\b\f\n\r\t\v \\\"'";

    /// <summary>Splits a line. A backslash that begins no escape stays.</summary>
    /// <param name="line">The line.</param>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && i + 1 < line.Length)
            {
                i += Unescape(line.AsSpan(i + 1), word ??= new StringBuilder());
            }
            else if (quote is not null ? c == quote : c is '"' or '\'')
            {
                quote = quote is null ? c : null;
                word ??= new StringBuilder();
            }
            else if (quote is null && c is ' ' or '\t' or '\n' or '\r')
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (word is not null) words.Add(word.ToString());
        return words;
    }

    /// <summary>Appends what the text after a backslash means, and returns its length.</summary>
    private static int Unescape(ReadOnlySpan<char> text, StringBuilder word)
    {
        var at = Plain.IndexOf(text[0], StringComparison.Ordinal);
        if (at >= 0)
        {
            word.Append(Meant[at]);
            return 1;
        }

        var (skip, digits, style) = text[0] switch
        {
            'x' => (1, 2, NumberStyles.AllowHexSpecifier),
            'u' => (1, 4, NumberStyles.AllowHexSpecifier),
            'U' => (1, 8, NumberStyles.AllowHexSpecifier),
            _ => (0, 3, NumberStyles.None),
        };
        if (text.Length >= skip + digits && Number(text.Slice(skip, digits), style) is { } number && Rune.TryCreate(number, out var rune) && number != 0)
        {
            word.Append(rune.ToString());
            return skip + digits;
        }

        word.Append('\\').Append(text[0]);
        return 1;
    }

    private static int? Number(ReadOnlySpan<char> digits, NumberStyles style)
    {
        if (style == NumberStyles.None)
        {
            return digits.IndexOfAnyExceptInRange('0', '7') >= 0 ? null : (digits[0] - '0') * 64 + (digits[1] - '0') * 8 + digits[2] - '0';
        }

        return int.TryParse(digits, style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
