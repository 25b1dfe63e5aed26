using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterHeal.Common;

/// <summary>Reads whole numbers as Go and YAML 1.1 write them: <c>1_000</c>, <c>0x1F</c>, <c>0o17</c>, <c>017</c>, <c>0b11</c>.</summary>
internal static partial class GoInteger
{
    /// <summary>The number, or null if it is none, or does not fit into 64 bits.</summary>
    /// <param name="text">A number with or without a sign.</param>
    public static long? Parse(string text)
    {
        if (!Form().IsMatch(text)) return null;
        var digits = text.Replace("_", "", StringComparison.Ordinal).AsSpan();
        var isNegative = digits[0] == '-';
        if (digits[0] is '-' or '+') digits = digits[1..];
        var (radix, skip) = digits switch
        {
            ['0', 'x', ..] => (16, 2),
            ['0', 'b', ..] => (2, 2),
            ['0', 'o', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        UInt128 number = 0;
        foreach (var digit in digits[skip..])
        {
            // A leading zero followed by an 8 or a 9 is not octal.
            var value = uint.Parse([digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (value >= radix || number > long.MaxValue) return null;
            number = number * (uint)radix + value;
        }

        if (number > long.MaxValue) return null;
        return isNegative ? -(long)number : (long)number;
    }

    [GeneratedRegex(@"^[-+]?(0b[01_]*[01]|0o?[0-7_]*[0-7]|0x[0-9a-fA-F_]*[0-9a-fA-F]|[0-9][0-9_]*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
