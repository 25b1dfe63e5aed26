namespace ClusterHeal.Tour;

/// <summary>What a step of a chapter is.</summary>
internal enum TourStepKind
{
    /// <summary>A sentence that is shown: <c># …</c></summary>
    Say,

    /// <summary>A command that is shown and run: the lines up to an empty one.</summary>
    Run,

    /// <summary>What has to be true of the command before it: <c>#? announcement: expression</c></summary>
    Check,

    /// <summary>What the program does to the servers: <c>#! action</c></summary>
    Act,
}
