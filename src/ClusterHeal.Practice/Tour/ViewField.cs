namespace ClusterHeal.Practice.Tour;

/// <summary>One column or line of a view.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Property">The property that it shows.</param>
/// <param name="Format">A format string such as <c>{0:N0}</c>, or null.</param>
/// <param name="Humanise">The module shows it by a script: sizes and times are for people.</param>
/// <param name="Right">Aligned to the right.</param>
internal sealed record ViewField(string Label, string Property, string? Format, bool Humanise, bool Right);
