namespace ClusterHeal.Tour;

/// <summary>A chapter did not see what it announced.</summary>
internal sealed class TourFailedException(string message) : Exception(message)
{
    /// <summary>A script asks for what its setting cannot do.</summary>
    public static TourFailedException Unknown(string action) => new($"nobody knows the action '{action}'");
}
