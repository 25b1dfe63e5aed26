namespace ClusterHeal.Help;

/// <summary>What a compiled cmdlet says about itself.</summary>
internal sealed record Command(string Verb, string Noun, string? DefaultSet, bool SupportsShouldProcess, IReadOnlyList<CommandParameter> Parameters)
{
    /// <summary>The name of a set that a parameter is in when it names none: it is in all of them.</summary>
    public const string AllSets = "__AllParameterSets";

    public string Name => $"{Verb}-{Noun}";

    /// <summary>The names of the parameter sets, the default one first; it may be the one that has no parameter of its own.</summary>
    public IReadOnlyList<string> Sets
    {
        get
        {
            var named = Parameters.SelectMany(p => p.Uses).Select(u => u.Set).Append(DefaultSet ?? AllSets).Where(s => s != AllSets);
            var sets = named.Distinct(StringComparer.Ordinal).OrderBy(s => s == DefaultSet ? 0 : 1).ToList();
            return sets.Count > 0 ? sets : [AllSets];
        }
    }
}

/// <summary>One parameter of a cmdlet.</summary>
internal sealed record CommandParameter(
    string Name,
    string TypeName,
    bool IsSwitch,
    bool TakesWildcards,
    IReadOnlyList<string> Aliases,
    string DefaultValue,
    IReadOnlyList<ParameterUse> Uses)
{
    /// <summary>How the parameter is used in a set, or null if it is not in the set.</summary>
    public ParameterUse? In(string set) => Uses.FirstOrDefault(u => u.Set == set) ?? Uses.FirstOrDefault(u => u.Set == Command.AllSets);
}

/// <summary>How one parameter is used in one parameter set.</summary>
internal sealed record ParameterUse(string Set, bool Mandatory, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>In the words of Get-Help.</summary>
    public string PipelineInput => (ByValue, ByPropertyName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };
}
