using System.Collections.ObjectModel;

namespace ClusterHeal;

/// <summary>Texts by their names, such as labels, with a text of its own, for the same reason as <see cref="ItemCollection{T}"/>.</summary>
/// <param name="texts">The texts.</param>
internal sealed class NamedTexts(IDictionary<string, string> texts) : ReadOnlyDictionary<string, string>(texts)
{
    /// <summary>No texts.</summary>
    public static NamedTexts None { get; } = new(new Dictionary<string, string>());

    /// <summary>These texts.</summary>
    public static NamedTexts Of(IReadOnlyDictionary<string, string> texts) =>
        texts as NamedTexts ?? (texts.Count == 0 ? None : new(texts.ToDictionary()));

    /// <summary>The texts as ssh takes options and kubectl shows labels, with commas between them: <c>ConnectTimeout=5, Compression=yes</c>.</summary>
    public override string ToString() => string.Join(", ", this.Select(text => $"{text.Key}={text.Value}"));
}
