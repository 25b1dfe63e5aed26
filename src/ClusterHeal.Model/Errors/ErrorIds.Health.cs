namespace ClusterHeal;

/// <content>Health.</content>
public static partial class ErrorIds
{
    /// <summary>The cluster was not well for long enough before the wait ended.</summary>
    public const string ClusterNotHealthy = "ClusterNotHealthy";

    /// <summary>A health test was asked for a check that is not there, or for a wait that cannot come to a good end. Nothing was looked at.</summary>
    public const string HealthOptionsInvalid = "HealthOptionsInvalid";
}
