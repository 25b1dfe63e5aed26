using ClusterHeal.Tests.Operations.Health;

namespace ClusterHeal.Tests.Operations.Healing;

/// <summary>Faults that are in a cluster at the same time, and what the repair has to make of them.</summary>
/// <param name="Faults">The faults. Those that the repair does not heal are healed by themselves afterwards.</param>
/// <param name="Steps">The steps, in their order; hosts go by their names.</param>
internal sealed record HealingCase(IReadOnlyList<LiveFault> Faults, params string[] Steps)
{
    public HealingCase(string fault, params string[] steps)
        : this([Fault(fault)], steps)
    {
    }

    /// <summary>Parts of the sentences that say why something is not repaired.</summary>
    public string[] Sentences { get; init; } = [];

    /// <summary>True where the faults have to be taken out by the test, as the repair leaves them to people.</summary>
    public bool IsLeft { get; init; }

    /// <summary>True for one that is done with <c>CLUSTERHEAL_TEST_ALL</c> only.</summary>
    public bool IsLong { get; init; } = true;

    /// <summary>The services that the repair may restart, as <c>host unit</c>.</summary>
    public string[] Touched { get; init; } = [];

    public override string ToString() => string.Join(" + ", Faults);

    /// <summary>A fault that the health tests inject, by its name.</summary>
    public static LiveFault Fault(string name) => HostFaults.All.Concat(ObjectFaults.All).Single(f => f.Name == name);
}
