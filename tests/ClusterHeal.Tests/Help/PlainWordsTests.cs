namespace ClusterHeal.Tests.Help;

/// <summary>What people read is in plain words: no word of PlainWords.txt is in docs, help, messages, or the comments of the sources.</summary>
public sealed class PlainWordsTests
{
    private static readonly string[] Skipped = ["bin", "obj"];

    [Fact]
    public void What_people_read_is_in_plain_words()
    {
        var words = PlainWords.Read(File.ReadLines(Path.Combine(RepositoryRoot.Path, "tests", "ClusterHeal.Tests", "Help", "PlainWords.txt")));
        var texts = Texts().ToList();
        Assert.Contains(texts, text => text.File == "README.md");
        Assert.Contains(texts, text => text.File.EndsWith(".cs", StringComparison.Ordinal));
        Assert.Empty(from text in texts from word in words.In(text.Read) select $"{text.File}:{word}");
    }

    [Fact]
    public void A_word_is_found_in_its_line_even_if_a_phrase_is_wrapped()
    {
        var words = PlainWords.Read(["# a comment", "", "anew = again", "where nobody = if nobody", ", else = , otherwise"]);
        Assert.Equal(
            ["1: 'Anew' (better: again)", "2: 'where nobody' (better: if nobody)", "3: ', else' (better: , otherwise)", "5: 'where nobody' (better: if nobody)"],
            words.In("Anew, and a renewal\n/// where\n/// nobody is, else nothing\nor anything else\n# where\n# nobody"));
    }

    [Fact]
    public void Code_of_a_page_is_not_read() =>
        Assert.Equal("a         c\n     \n    \n   \nd", ReadText.OfMarkdown("a `hence` c\n```sh\nanew\n```\nd"));

    [Theory]
    [InlineData("var hence = 1; // anew", "// anew")]
    [InlineData("/// <summary>anew</summary>\nclass A;", "/// <summary>anew</summary>")]
    [InlineData("var a = $\"shall {hence} lest\";", "shall         lest")]
    [InlineData("var a = $\"{(b ? \"thus\" : hence)}\";", "\"thus\"")]
    public void Of_C_sharp_texts_and_comments_are_read(string source, string read) =>
        Assert.Equal(read, ReadText.OfCSharp(source).Trim());

    [Fact]
    public void Of_shell_scripts_comments_are_read() =>
        Assert.Equal("# a\n                \n  # b", ReadText.OfShell("# a\nif a; else b; fi\n  # b"));

    private static IEnumerable<(string File, string Read)> Texts()
    {
        string[] folders = ["docs", "src"];
        var files = Directory.EnumerateFiles(RepositoryRoot.Path, "*.md")
            .Concat(folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*", SearchOption.AllDirectories)));
        foreach (var path in files)
        {
            var file = Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/');
            if (file.Split('/').Intersect(Skipped).Any()) continue;
            switch (Path.GetExtension(file))
            {
                case ".md":
                    yield return (file, ReadText.OfMarkdown(File.ReadAllText(path)));
                    break;
                case ".cs":
                    yield return (file, ReadText.OfCSharp(File.ReadAllText(path)));
                    break;
                case ".sh":
                    yield return (file, ReadText.OfShell(File.ReadAllText(path)));
                    break;
                case ".ps1":
                    yield return (file, File.ReadAllText(path));
                    break;
            }
        }
    }
}
