using System.Collections.ObjectModel;

namespace ClusterHeal;

/// <summary>Options by their names, with a text of its own, for the same reason as <see cref="ItemCollection{T}"/>.</summary>
/// <param name="options">The options.</param>
internal sealed class OptionTexts(IDictionary<string, string> options) : ReadOnlyDictionary<string, string>(options)
{
    /// <summary>No options.</summary>
    public static OptionTexts None { get; } = new(new Dictionary<string, string>());

    /// <summary>These options.</summary>
    public static OptionTexts Of(IReadOnlyDictionary<string, string> options) => options as OptionTexts ?? new(options.ToDictionary());

    /// <summary>The options as ssh takes them, with commas between them: <c>ConnectTimeout=5, Compression=yes</c>.</summary>
    public override string ToString() => string.Join(", ", this.Select(option => $"{option.Key}={option.Value}"));
}
