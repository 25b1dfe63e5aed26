namespace ClusterHeal;

/// <summary>An API server refused a request, did not answer, or could not be reached.</summary>
public sealed class KubernetesException : ClusterHealException
{
    /// <summary>Makes the error.</summary>
    /// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
    /// <param name="category">The kind of failure.</param>
    /// <param name="message">What happened, to which object, and what was left as it was.</param>
    /// <param name="target">The object or server that failed.</param>
    /// <param name="remedy">What to do next.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public KubernetesException(
        string errorId, FaultCategory category, string message, object? target = null, string? remedy = null, Exception? innerException = null)
        : base(errorId, category, message, target, remedy, innerException)
    {
    }

    /// <summary>The HTTP status code, or null if no answer came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The API's word for the failure (<c>NotFound</c>, <c>Conflict</c>, <c>TooManyRequests</c> …), or null if it gave none.</summary>
    public string? Reason { get; init; }

    /// <summary>The server's own message, unchanged.</summary>
    public string? ServerMessage { get; init; }

    /// <summary>The kind of the object that the server complains about (<c>pods</c>, <c>namespaces</c>), or null.</summary>
    public string? ObjectKind { get; init; }

    /// <summary>The details that the server gave.</summary>
    public IReadOnlyList<KubernetesErrorCause> Causes { get; init; } = [];

    /// <summary>How long the server asks to wait before the next try, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True if the same request may succeed a little later: no connection, no answer, a busy or starting server.</summary>
    public bool IsTransient =>
        Category is FaultCategory.Connection or FaultCategory.Timeout || StatusCode is 429 or 502 or 503 or 504;

    /// <summary>True if a cause of this reason is among the details.</summary>
    /// <param name="reason">For example <c>DisruptionBudget</c>.</param>
    public bool HasCause(string reason) => Causes.Any(c => c.Reason == reason);
}

/// <summary>One detail of a refused request.</summary>
/// <param name="Reason">A word for programs, such as <c>DisruptionBudget</c>.</param>
/// <param name="Message">The same for people.</param>
public sealed record KubernetesErrorCause(string Reason, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message.Length > 0 ? Message : Reason;
}
