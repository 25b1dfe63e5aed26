namespace ClusterHeal.Common.Yaml;

/// <summary>A place in a text.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct YamlPlace(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}";
}
