namespace ClusterHeal;

/// <summary>How an operation stands.</summary>
public enum ClusterOperationState : long
{
    /// <summary>Not all of its hosts could be asked.</summary>
    Unknown,

    /// <summary>It holds the lock of a host: it runs, or it died a moment ago.</summary>
    Running,

    /// <summary>Nobody works on it, and something that it did is still to be taken back: on purpose, or because it died.</summary>
    Left,

    /// <summary>It is over, and nothing of it is in the way.</summary>
    Ended,
}
