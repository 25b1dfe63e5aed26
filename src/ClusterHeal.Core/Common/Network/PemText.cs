namespace ClusterHeal.Common;

/// <summary>A PEM text and where it came from, so that an error can name it.</summary>
/// <param name="Source">A path, <c>host:path</c>, or another name that the user knows it by.</param>
/// <param name="Text">The text. May be a private key: it is never printed.</param>
public sealed record PemText(string Source, string Text)
{
    /// <summary>The source alone; the text may be a secret.</summary>
    public override string ToString() => Source;
}
