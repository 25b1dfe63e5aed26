namespace ClusterHeal;

/// <content>Health.</content>
public static partial class ErrorIds
{
    /// <summary>The cluster was not well for long enough before the wait ended.</summary>
    public const string ClusterNotHealthy = "ClusterNotHealthy";
}
