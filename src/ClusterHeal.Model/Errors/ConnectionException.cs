namespace ClusterHeal;

/// <summary>No connection to a server could be made, or not one that may be trusted.</summary>
/// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
/// <param name="category">The kind of failure.</param>
/// <param name="message">What happened, to which server.</param>
/// <param name="target">The address that was dialled.</param>
/// <param name="remedy">What to do next.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class ConnectionException(
    string errorId,
    FaultCategory category,
    string message,
    string target,
    string remedy,
    Exception? innerException = null)
    : ClusterHealException(errorId, category, message, target, remedy, innerException);
