namespace ClusterHeal.Etcd.Configuration;

/// <summary>One assignment of an environment file.</summary>
/// <param name="Name">What is before the <c>=</c>.</param>
/// <param name="Value">The value, quotes and escapes undone.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal readonly record struct EnvironmentVariable(string Name, string Value, int Line)
{
    /// <summary>True if systemd passes on a variable of this name: letters, digits and underscores, no digit first.</summary>
    public bool IsValid => Name.Length > 0 && !char.IsAsciiDigit(Name[0]) && Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
