using Grpc.Core;

namespace ClusterHeal.Etcd;

/// <summary>Makes the errors of the etcd client: what a server's status means to an administrator, and what to do next.</summary>
internal static class EtcdFault
{
    /// <summary>Texts of statuses that no server sent and that have no inner exception: too large, empty, without an end.</summary>
    private static readonly string[] GrpcsOwnJudgements =
        ["Received message exceeds", "Failed to deserialize response", "No grpc-status found"];

    /// <summary>An answer with an error in it. The texts are etcd's own, the same since 3.0.</summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="method">The call.</param>
    /// <param name="code">The answer's code.</param>
    /// <param name="text">The answer's message.</param>
    public static EtcdException From(EtcdEndpoint endpoint, string method, GrpcStatusCode code, string text)
    {
        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
        var (id, category, what, remedy) = code switch
        {
            _ when Says("user name is empty") =>
                (ErrorIds.EtcdCredentialRequired, FaultCategory.Authentication, "wants a user and none was given", "Give -Credential."),
            _ when Says("authentication failed") =>
                (ErrorIds.EtcdCredentialWrong, FaultCategory.Authentication, "does not accept user and password", "Check -Credential."),
            _ when Says("user name not found") || Says("user not found") => // The second is what a stream says.
                (ErrorIds.EtcdCredentialWrong, FaultCategory.Authentication, "does not know the user",
                    "Check -Credential. Without it, etcd takes the common name of the client certificate."),
            _ when Says("not supported for learner") =>
                (ErrorIds.EtcdLearner, FaultCategory.NotReady, "is a learner, which does not serve this", "Ask a voting member."),
            _ when Says("has been compacted") =>
                (ErrorIds.EtcdCompacted, FaultCategory.NotFound, "has compacted the revision away", "Use a newer revision."),
            _ when Says("is a future revision") =>
                (ErrorIds.EtcdFutureRevision, FaultCategory.NotFound, "has not reached the revision", "Wait, or ask another member."),
            _ when Says("no leader") =>
                (ErrorIds.EtcdNoLeader, FaultCategory.NotReady, "knows no leader", "Look for a quorum with Get-EtcdMember."),
            _ when Says("database space exceeded") =>
                (ErrorIds.EtcdNoSpace, FaultCategory.ResourceExhausted, "has used up its quota", "Clear-EtcdAlarm makes room."),
            _ when Says("invalid auth token") =>
                (ErrorIds.EtcdCredentialWrong, FaultCategory.Authentication, "does not accept the user's token", "Check -Credential."),
            _ when Says("permission denied") => // A stream answers so with the code Unknown.
                (ErrorIds.EtcdPermissionDenied, FaultCategory.PermissionDenied, "does not permit this", "Use a user with the role root."),
            GrpcStatusCode.DataLoss =>
                (ErrorIds.EtcdCorrupt, FaultCategory.VerificationFailed, "calls its data corrupt", "First compare HashKV of all members."),
            GrpcStatusCode.DeadlineExceeded =>
                (ErrorIds.EtcdTimeout, FaultCategory.Timeout, "did not answer in time", "Look at its load and disk, or raise -TimeoutSec."),
            GrpcStatusCode.Unimplemented =>
                (ErrorIds.EtcdNotSupported, FaultCategory.NotSupported, "does not have this call", "Its version is too old for it."),
            GrpcStatusCode.Unavailable =>
                (ErrorIds.EtcdCallFailed, FaultCategory.NotReady, "cannot answer now", "Look at it with Get-EtcdMember, then try again."),
            _ => (ErrorIds.EtcdCallFailed, FaultCategory.InvalidOperation, "refused the call", "The member's own words say why."),
        };
        return new EtcdException(id, category, $"{endpoint} {what} ({method}: {text}).", endpoint, code, remedy);
    }

    /// <summary>A call that ended with a status, not with a broken connection.</summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="method">The call.</param>
    /// <param name="refused">The status; most are the member's, some are set by gRPC because of what it received.</param>
    public static EtcdException From(EtcdEndpoint endpoint, string method, RpcException refused)
    {
        var (code, detail) = (refused.StatusCode, refused.Status.Detail);
        return GrpcsOwnJudgements.Any(start => detail.StartsWith(start, StringComparison.Ordinal))
            ? Protocol(endpoint, method, $"what gRPC does not take ({detail.TrimEnd('.')})")
            : From(endpoint, method, (GrpcStatusCode)code, detail);
    }

    /// <summary>No connection.</summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="fault">Why.</param>
    public static EtcdException From(EtcdEndpoint endpoint, ConnectionException fault) =>
        new(fault.ErrorId, fault.Category, fault.Message, endpoint, GrpcStatusCode.Unavailable, fault.Remedy, fault);

    /// <summary>Our own deadline passed.</summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="method">The call.</param>
    /// <param name="timeout">How long it had.</param>
    /// <param name="cause">What was thrown.</param>
    public static EtcdException Timeout(EtcdEndpoint endpoint, string method, TimeSpan timeout, Exception? cause) => new(
        ErrorIds.EtcdTimeout,
        FaultCategory.Timeout,
        $"{endpoint} did not answer {method} within {timeout.TotalSeconds:0.#} s.",
        endpoint,
        GrpcStatusCode.DeadlineExceeded,
        "Look at the member's load and disk, and whether the cluster has a leader; or raise -TimeoutSec.",
        cause);

    /// <summary>A stream stopped.</summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="received">Bytes that had come.</param>
    /// <param name="silence">How long nothing came.</param>
    /// <param name="cause">What was thrown.</param>
    public static EtcdException Silence(EtcdEndpoint endpoint, long received, TimeSpan silence, Exception cause) => new(
        ErrorIds.EtcdTimeout,
        FaultCategory.Timeout,
        $"{endpoint} sent nothing of the snapshot for {silence.TotalSeconds:0.#} s, after {received} bytes.",
        endpoint,
        GrpcStatusCode.DeadlineExceeded,
        "Look at the member's load and disk, and at the network; or raise -IdleTimeoutSec.",
        cause);

    /// <summary>What answers is not etcd, or breaks the protocol.</summary>
    /// <param name="endpoint">The member.</param>
    /// <param name="method">The call.</param>
    /// <param name="what">What came instead.</param>
    public static EtcdException Protocol(EtcdEndpoint endpoint, string method, string what) => new(
        ErrorIds.EtcdProtocol,
        FaultCategory.InvalidData,
        $"{endpoint} answered {method} with {what}.",
        endpoint,
        GrpcStatusCode.Internal,
        "Check that the endpoint is etcd's client port (2379 as a rule) and that no proxy stands between.");
}
