namespace ClusterHeal;

/// <summary>What a renewal of certificates did.</summary>
public sealed record CertificateRenewalReport
{
    /// <summary>The id of the operation.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster, as the user calls it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The hosts.</summary>
    public required ItemCollection<string> HostName { get; init; }

    /// <summary>What is so now.</summary>
    public required CertificateRenewalOutcome Outcome { get; init; }

    /// <summary>Why it is not what was asked for; null if it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The certificates that were renewed and are in use.</summary>
    public required ItemCollection<ControlPlaneCertificate> Renewed { get; init; }

    /// <summary>The certificates that run out and were not renewed.</summary>
    public required ItemCollection<ControlPlaneCertificate> NotRenewed { get; init; }

    /// <summary>The steps in their order.</summary>
    public required ItemCollection<ClusterRestoreStep> Steps { get; init; }

    /// <summary>What the user has to know or do besides.</summary>
    public ItemCollection<string> Notes { get; init; } = [];

    /// <summary>From the first look at the hosts to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True if the outcome is the one that was asked for.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>One line.</summary>
    public override string ToString() => $"{OperationId}: {Outcome}" + (Reason is null ? $", {Renewed.Count} certificates" : $" ({Reason})");
}
