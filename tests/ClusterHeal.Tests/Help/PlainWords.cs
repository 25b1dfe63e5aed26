using System.Text.RegularExpressions;

namespace ClusterHeal.Tests.Help;

/// <summary>The list of PlainWords.txt: words at which readers stumble, each with a better one.</summary>
internal sealed class PlainWords
{
    private readonly IReadOnlyList<(Regex Pattern, string Better)> _words;

    private PlainWords(IEnumerable<(Regex Pattern, string Better)> words) => _words = [.. words];

    /// <summary>Reads the list.</summary>
    /// <param name="lines">Lines of the form <c>word = better word</c>, comments that begin with <c>#</c>, and empty lines.</param>
    public static PlainWords Read(IEnumerable<string> lines) => new(
        from line in lines
        where line.Length > 0 && line[0] != '#'
        let pair = line.Split(" = ", 2)
        select (Pattern(pair[0]), pair[1]));

    /// <summary>The words of the list in a text, each as <c>line: 'word' (better: ...)</c>.</summary>
    public IEnumerable<string> In(string text) =>
        from word in _words
        from Match match in word.Pattern.Matches(text)
        let line = 1 + text.AsSpan(0, match.Index).Count('\n')
        orderby line
        select $"{line}: '{Regex.Replace(match.Value, @"[\s/#]+", " ")}' (better: {word.Better})";

    // A phrase may go on in the next line, in a comment after its slashes or its hash sign.
    private static Regex Pattern(string word)
    {
        var body = string.Join(@"[\s/#]+", word.Split(' ').Select(Regex.Escape));
        return new Regex($@"{(char.IsLetter(word[0]) ? @"(?<![\w-])" : "")}{body}(?![\w-])", RegexOptions.IgnoreCase);
    }
}
