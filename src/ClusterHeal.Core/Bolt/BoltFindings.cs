namespace ClusterHeal.Bolt;

/// <summary>One thing that is wrong in a bbolt file.</summary>
/// <param name="Page">The number of the page.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Message">What is wrong, as the rest of a sentence about that page.</param>
internal sealed record BoltFinding(ulong Page, long Offset, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"page {Page} (offset {Offset}): {Message}";
}

/// <summary>
/// The findings of a walk, from any thread. A damaged file can have one for each of its pages; the first of them tell the story, the
/// rest are only counted.
/// </summary>
internal sealed class BoltFindings
{
    private const int Kept = 100;
    private readonly List<BoltFinding> _findings = [];

    /// <summary>How many there are, kept or not.</summary>
    public int Count { get; private set; }

    public void Add(ulong page, long offset, string message)
    {
        lock (_findings)
        {
            Count++;
            if (_findings.Count < Kept) _findings.Add(new BoltFinding(page, offset, message));
        }
    }

    /// <summary>The findings that were kept, by their place in the file.</summary>
    public IReadOnlyList<BoltFinding> ToList()
    {
        lock (_findings) return [.. _findings.OrderBy(f => f.Offset)];
    }
}
