using System.Globalization;
using System.Text;

namespace ClusterHeal;

/// <summary>
/// Text that may be written to a terminal. Names and messages come from hosts, kubelets, pods and files that others made; a terminal obeys
/// the escape sequences in them: it renames itself, hides lines, shows a link as another.
/// </summary>
public static class VisibleText
{
    /// <summary>The text with each character that a terminal would obey written as its code, such as <c>\u001b</c>.</summary>
    /// <param name="text">Any text. Line ends and tabs in it stay.</param>
    /// <returns>The text itself if there is nothing to be made visible.</returns>
    public static string Of(string text)
    {
        var at = 0;
        while (at < text.Length && IsHarmless(text, at)) at++;
        if (at == text.Length) return text;

        var visible = new StringBuilder(text, 0, at, text.Length + 16);
        for (; at < text.Length; at++)
        {
            if (IsHarmless(text, at)) visible.Append(text[at]);
            else visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}");
        }
        return visible.ToString();
    }

    /// <summary>False for control characters, except line ends and tabs, and for those that turn the direction of text around (UAX 9).</summary>
    /// <param name="letter">A character, or a half of one.</param>
    public static bool IsHarmless(char letter) => letter switch
    {
        '\n' or '\r' or '\t' => true,
        < ' ' or (>= '\u007f' and <= '\u009f') => false,
        '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => false,
        _ => true,
    };

    // A carriage return that ends no line lets what follows overwrite what came before.
    private static bool IsHarmless(string text, int at) =>
        text[at] == '\r' ? at + 1 < text.Length && text[at + 1] == '\n' : IsHarmless(text[at]);
}
