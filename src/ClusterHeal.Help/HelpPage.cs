namespace ClusterHeal.Help;

/// <summary>One page of docs/en-US about a cmdlet: what cannot be read from the compiled cmdlet itself.</summary>
internal sealed record HelpPage
{
    /// <summary>The cmdlet that the title names.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence.</summary>
    public required string Synopsis { get; init; }

    /// <summary>The paragraphs of the description.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>At least three, each a task that people have.</summary>
    public required IReadOnlyList<HelpExample> Examples { get; init; }

    /// <summary>The paragraphs about each parameter.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters { get; init; }

    /// <summary>The types taken from the pipeline, each with a word about it.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Inputs { get; init; }

    /// <summary>The types that are returned, each with a word about it.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Outputs { get; init; }

    /// <summary>What is worth knowing besides. May be empty.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Texts and targets.</summary>
    public required IReadOnlyList<(string Text, string Target)> Links { get; init; }
}

/// <summary>One example.</summary>
/// <param name="Title">What it does.</param>
/// <param name="Code">What to type.</param>
/// <param name="Output">What comes out, or empty.</param>
/// <param name="Remarks">The paragraphs that explain it.</param>
internal sealed record HelpExample(string Title, string Code, string Output, IReadOnlyList<string> Remarks);
