namespace ClusterHeal.Practice.Tour;

/// <summary>One column or line of a view.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Property">The property that it shows.</param>
/// <param name="Format">A format string such as <c>{0:N0}</c>, or null.</param>
/// <param name="Humanise">The module shows it by a script: sizes and times are for people.</param>
/// <param name="Script">The script where it chooses between words, else null.</param>
/// <param name="Right">Aligned to the right.</param>
internal sealed record ViewField(string Label, string Property, string? Format, bool Humanise, ViewScript? Script, bool Right);
