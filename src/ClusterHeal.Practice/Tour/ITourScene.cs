namespace ClusterHeal.Practice.Tour;

/// <summary>
/// A chapter of the tour. It brings what it needs, leaves nothing, and fails the tour where it does not see what it announces.
/// </summary>
internal interface ITourScene
{
    /// <summary>The name by which <c>--scene</c> plays it alone.</summary>
    string Name { get; }

    /// <summary>What it shows, in one line.</summary>
    string Title { get; }

    /// <summary>Plays it.</summary>
    Task PlayAsync(TourStage stage, CancellationToken cancellationToken);
}
