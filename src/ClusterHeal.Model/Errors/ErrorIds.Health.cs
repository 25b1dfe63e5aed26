namespace ClusterHeal;

/// <content>Health.</content>
public static partial class ErrorIds
{
    /// <summary>The cluster was not healthy for long enough before the wait ended.</summary>
    public const string ClusterNotHealthy = "ClusterNotHealthy";

    /// <summary>A health test was asked for a check that does not exist, or for a wait that can never succeed. Nothing was tested.</summary>
    public const string HealthOptionsInvalid = "HealthOptionsInvalid";
}
