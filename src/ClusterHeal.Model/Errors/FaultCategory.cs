namespace ClusterHeal;

/// <summary>What kind of thing went wrong. The cmdlets map each value to the <c>ErrorCategory</c> of the same meaning.</summary>
public enum FaultCategory
{
    /// <summary>What the user asked for makes no sense or does not fit together.</summary>
    InvalidArgument,

    /// <summary>A file or an answer is not in the form that it should have.</summary>
    InvalidData,

    /// <summary>The operation does not fit the state in which the target is; a safety rule refused it.</summary>
    InvalidOperation,

    /// <summary>The target does not exist.</summary>
    NotFound,

    /// <summary>The target exists already and is not overwritten.</summary>
    AlreadyExists,

    /// <summary>No connection to the target, or it was lost.</summary>
    Connection,

    /// <summary>The target knows who asks and says no.</summary>
    PermissionDenied,

    /// <summary>The target does not know who asks: user, password, key or certificate.</summary>
    Authentication,

    /// <summary>The target is not who it should be: its certificate or host key.</summary>
    Security,

    /// <summary>No answer before the deadline.</summary>
    Timeout,

    /// <summary>No room: disk, memory or quota.</summary>
    ResourceExhausted,

    /// <summary>The target is busy or not ready; the same call may work later.</summary>
    NotReady,

    /// <summary>The proof of a result did not come out as it must: hashes, members, keys.</summary>
    VerificationFailed,

    /// <summary>The target cannot do this: a version or a platform without it.</summary>
    NotSupported,
}
