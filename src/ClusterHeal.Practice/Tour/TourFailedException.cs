namespace ClusterHeal.Practice.Tour;

/// <summary>A scene did not see what it announced.</summary>
internal sealed class TourFailedException(string message) : Exception(message);
