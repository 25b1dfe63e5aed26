namespace ClusterHeal.Help;

/// <summary>Reads a page: front matter, which is ignored, a title, and sections with the names that PlatyPS gave them.</summary>
internal sealed class HelpPageReader
{
    private readonly string _file;
    private readonly string[] _lines;
    private readonly List<Fault> _faults = [];

    private HelpPageReader(string file, string text)
    {
        _file = file;
        _lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    /// <summary>Reads a page.</summary>
    /// <param name="file">Its name, for the faults.</param>
    /// <param name="text">Its text.</param>
    /// <param name="faults">Takes what is wrong with it.</param>
    public static HelpPage Read(string file, string text, ICollection<Fault> faults)
    {
        var reader = new HelpPageReader(file, text);
        var page = reader.ReadPage();
        foreach (var fault in reader._faults) faults.Add(fault);
        return page;
    }

    private HelpPage ReadPage()
    {
        var all = 0.._lines.Length;
        var title = Sections(all, "# ").FirstOrDefault();
        if (title is null) _faults.Add(new Fault(_file, 1, "the title '# <name of the cmdlet>' is missing"));
        var sections = Sections(all, "## ").ToDictionary(s => s.Heading, s => s.Body, StringComparer.Ordinal);

        var synopsis = Paragraphs("SYNOPSIS", required: true);
        if (synopsis.Count > 1) _faults.Add(new Fault(_file, 1, "SYNOPSIS has more than one paragraph"));
        return new HelpPage
        {
            Name = title?.Heading ?? string.Empty,
            Synopsis = synopsis.Count > 0 ? synopsis[0] : string.Empty,
            Description = Paragraphs("DESCRIPTION", required: true),
            Examples = [.. Sections(Body("EXAMPLES"), "### ").Select(ReadExample)],
            Parameters = Texts("PARAMETERS", heading => heading.TrimStart('-')),
            Inputs = Texts("INPUTS", Markdown.Plain),
            Outputs = Texts("OUTPUTS", Markdown.Plain),
            Notes = Paragraphs("NOTES", required: false),
            Links = [.. _lines[Body("LINKS")].SelectMany(Markdown.Links)],
        };

        Range Body(string name) => sections.GetValueOrDefault(name, 0..0);

        IReadOnlyList<string> Paragraphs(string name, bool required)
        {
            var paragraphs = Markdown.Paragraphs(_lines[Body(name)]);
            if (required && paragraphs.Count == 0) _faults.Add(new Fault(_file, 1, $"the section '## {name}' is missing or empty"));
            return paragraphs;
        }

        Dictionary<string, IReadOnlyList<string>> Texts(string name, Func<string, string> key) =>
            Sections(Body(name), "### ").ToDictionary(s => key(s.Heading), s => Markdown.Paragraphs(_lines[s.Body]), StringComparer.OrdinalIgnoreCase);
    }

    private HelpExample ReadExample(Section section)
    {
        var title = section.Heading.StartsWith("Example", StringComparison.OrdinalIgnoreCase) && section.Heading.Contains(':', StringComparison.Ordinal)
            ? section.Heading[(section.Heading.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : section.Heading;
        var blocks = new List<string>();
        var prose = new List<string>();
        List<string>? block = null;
        foreach (var line in _lines[section.Body])
        {
            var fence = line.StartsWith("```", StringComparison.Ordinal);
            if (fence && block is null)
            {
                block = [];
            }
            else if (fence)
            {
                blocks.Add(string.Join('\n', block!));
                block = null;
            }
            else
            {
                (block ?? prose).Add(line);
            }
        }

        if (blocks.Count == 0) _faults.Add(new Fault(_file, section.Line, $"the example '{title}' has no block of code"));
        return new HelpExample(title, blocks.FirstOrDefault(string.Empty), string.Join("\n\n", blocks.Skip(1)), Markdown.Paragraphs(prose));
    }

    /// <summary>The sections within some lines whose heading begins with a mark; headings inside blocks of code are none.</summary>
    private List<Section> Sections(Range within, string mark)
    {
        var (start, length) = within.GetOffsetAndLength(_lines.Length);
        var headings = new List<int>();
        var ends = new List<int>();
        var inCode = false;
        for (var i = start; i < start + length; i++)
        {
            if (_lines[i].StartsWith("```", StringComparison.Ordinal)) inCode = !inCode;
            if (inCode || !_lines[i].StartsWith('#')) continue;
            var level = _lines[i].Length - _lines[i].TrimStart('#').Length;
            if (level > mark.Length - 1) continue;
            if (headings.Count > ends.Count) ends.Add(i);
            if (_lines[i].StartsWith(mark, StringComparison.Ordinal)) headings.Add(i);
        }

        if (headings.Count > ends.Count) ends.Add(start + length);
        return [.. headings.Zip(ends, (heading, end) => new Section(_lines[heading][mark.Length..].Trim(), heading + 1, (heading + 1)..end))];
    }

    private sealed record Section(string Heading, int Line, Range Body);
}
