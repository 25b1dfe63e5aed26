namespace ClusterHeal.Operations.Drills;

/// <summary>One drill of the catalogue.</summary>
internal interface IFailureDrill
{
    /// <summary>Its description, for users.</summary>
    FailureDrill Entry { get; }

    /// <summary>Writes the drill's script for a cluster. Nothing is changed.</summary>
    /// <exception cref="ClusterHealException">It cannot be done there.</exception>
    DrillScript Write(DrillContext context);
}
