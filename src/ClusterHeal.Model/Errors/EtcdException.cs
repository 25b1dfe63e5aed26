namespace ClusterHeal;

/// <summary>A call to an etcd member that failed: refused by the member, or never answered.</summary>
/// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
/// <param name="category">The kind of failure.</param>
/// <param name="message">What happened, to which endpoint.</param>
/// <param name="endpoint">The endpoint that was asked.</param>
/// <param name="statusCode">The gRPC code of the answer; <see cref="GrpcStatusCode.Unavailable"/> if there was no connection.</param>
/// <param name="remedy">What to do next.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class EtcdException(
    string errorId,
    FaultCategory category,
    string message,
    EtcdEndpoint endpoint,
    GrpcStatusCode statusCode,
    string? remedy = null,
    Exception? innerException = null)
    : ClusterHealException(errorId, category, message, endpoint.ToString(), remedy, innerException)
{
    /// <summary>The gRPC code of the answer; <see cref="GrpcStatusCode.Unavailable"/> if there was no connection.</summary>
    public GrpcStatusCode StatusCode { get; } = statusCode;
}
