namespace ClusterHeal;

/// <summary>A drill as the catalogue has it: what it breaks, what will be seen, and what guards it.</summary>
public sealed record FailureDrill
{
    /// <summary>The name, which <c>Invoke-FailureDrill -Name</c> takes.</summary>
    public required DrillName Name { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    public required string Synopsis { get; init; }

    /// <summary>What is broken, and how.</summary>
    public required string Injection { get; init; }

    /// <summary>What <c>-TargetName</c> names, and what is taken without it.</summary>
    public required string Target { get; init; }

    /// <summary>What will be seen while it is broken and after it is healed.</summary>
    public required ItemCollection<string> Effect { get; init; }

    /// <summary>What ends it before its time, or does not let it begin.</summary>
    public required ItemCollection<string> Guard { get; init; }

    /// <summary>Name and synopsis.</summary>
    public override string ToString() => $"{Name}: {Synopsis}";
}
