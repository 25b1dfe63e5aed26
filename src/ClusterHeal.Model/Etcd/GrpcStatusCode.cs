namespace ClusterHeal;

/// <summary>The status codes of gRPC, as an etcd server answers them. The numbers are those of the protocol.</summary>
public enum GrpcStatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The call was cancelled.</summary>
    Cancelled = 1,

    /// <summary>The server did not say what went wrong.</summary>
    Unknown = 2,

    /// <summary>The request makes no sense to the server; a wrong password is reported so, too.</summary>
    InvalidArgument = 3,

    /// <summary>The call did not finish before its deadline.</summary>
    DeadlineExceeded = 4,

    /// <summary>The thing asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>The thing to be made exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The user is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>No room: the quota of the database is used up, or there are too many requests.</summary>
    ResourceExhausted = 8,

    /// <summary>The cluster is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was given up for another one.</summary>
    Aborted = 10,

    /// <summary>A revision that is compacted or lies in the future.</summary>
    OutOfRange = 11,

    /// <summary>The server does not have this call.</summary>
    Unimplemented = 12,

    /// <summary>The server failed.</summary>
    Internal = 13,

    /// <summary>No connection, no leader, or a member that is not ready.</summary>
    Unavailable = 14,

    /// <summary>The cluster found its own data to differ between members.</summary>
    DataLoss = 15,

    /// <summary>The token of the user is not valid, or not any more.</summary>
    Unauthenticated = 16,
}
