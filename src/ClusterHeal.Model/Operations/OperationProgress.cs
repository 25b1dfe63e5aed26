namespace ClusterHeal;

/// <summary>How far an operation is.</summary>
/// <param name="Activity">What is being done, the same text from the first to the last report.</param>
/// <param name="Status">Where it is now.</param>
/// <param name="PercentComplete">0 to 100, or null if the end is not known.</param>
public sealed record OperationProgress(string Activity, string Status, int? PercentComplete = null)
{
    /// <summary>True with the last report of this activity.</summary>
    public bool Completed { get; init; }
}
