namespace ClusterHeal;

/// <summary>
/// A failure that a user can act on: what happened, to which target, and what to do next. Every error that the engine lets
/// out is one; a cmdlet turns it into an <c>ErrorRecord</c> with the same id, target and recommended action. Its texts quote hosts and
/// servers, and are made safe for a terminal (<see cref="VisibleText"/>).
/// </summary>
public class ClusterHealException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="errorId">One of <see cref="ErrorIds"/>; stable, scripts compare it.</param>
    /// <param name="category">The kind of failure.</param>
    /// <param name="message">What happened, to which target, and what was left as it was: whole sentences, no secrets.</param>
    /// <param name="target">The object that failed (an endpoint, a path, a host), or null if there is none.</param>
    /// <param name="remedy">What to do next, or null if only the message can tell.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ClusterHealException(
        string errorId,
        FaultCategory category,
        string message,
        object? target = null,
        string? remedy = null,
        Exception? innerException = null)
        : base(VisibleText.Of(message), innerException)
    {
        ErrorId = errorId;
        Category = category;
        Target = target is string text ? VisibleText.Of(text) : target;
        Remedy = remedy is null ? null : VisibleText.Of(remedy);
    }

    /// <summary>The stable id, one of <see cref="ErrorIds"/>.</summary>
    public string ErrorId { get; }

    /// <summary>The kind of failure.</summary>
    public FaultCategory Category { get; }

    /// <summary>The object that failed, or null.</summary>
    public object? Target { get; }

    /// <summary>What to do next, or null.</summary>
    public string? Remedy { get; }
}
