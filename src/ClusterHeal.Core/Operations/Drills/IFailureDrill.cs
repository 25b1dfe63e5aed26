namespace ClusterHeal.Operations.Drills;

/// <summary>One drill of the catalogue.</summary>
internal interface IFailureDrill
{
    /// <summary>What it is, for people.</summary>
    FailureDrill Entry { get; }

    /// <summary>Writes it out for a cluster. Nothing is touched.</summary>
    /// <exception cref="ClusterHealException">It cannot be done there.</exception>
    DrillScript Write(DrillContext context);
}
