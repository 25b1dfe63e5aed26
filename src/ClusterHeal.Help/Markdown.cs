using System.Text.RegularExpressions;

namespace ClusterHeal.Help;

/// <summary>The little Markdown that the pages use, turned into plain text.</summary>
internal static partial class Markdown
{
    /// <summary>
    /// The paragraphs of some lines: wrapped lines are joined, each item of a list and each block of code is a paragraph of
    /// its own, marks of emphasis and targets of links are left out.
    /// </summary>
    public static IReadOnlyList<string> Paragraphs(IEnumerable<string> lines)
    {
        var paragraphs = new List<string>();
        var current = new List<string>();
        var inCode = false;
        foreach (var line in lines)
        {
            var fence = line.StartsWith("```", StringComparison.Ordinal);
            if (fence) inCode = !inCode;
            if (fence || (!inCode && (line.Length == 0 || StartsOwnParagraph(line)))) Flush(code: fence && !inCode);
            if (!fence && (inCode || line.Length > 0)) current.Add(line);
        }

        Flush(inCode);
        return paragraphs;

        void Flush(bool code)
        {
            if (current.Count > 0) paragraphs.Add(code ? string.Join('\n', current) : Plain(string.Join(' ', current.Select(l => l.Trim()))));
            current.Clear();
        }
    }

    /// <summary>Text without marks.</summary>
    public static string Plain(string text) => Marks().Replace(Link().Replace(text, "$1"), string.Empty);

    /// <summary>The links in a text.</summary>
    public static IEnumerable<(string Text, string Target)> Links(string text) =>
        Link().Matches(text).Select(m => (Plain(m.Groups[1].Value), m.Groups[2].Value));

    // Rows of a table stay rows.
    private static bool StartsOwnParagraph(string line) => ListItem().IsMatch(line) || line[0] == '|';

    [GeneratedRegex(@"^\s*([-*]|\d+\.)\s")]
    private static partial Regex ListItem();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`|\*\*")]
    private static partial Regex Marks();
}
