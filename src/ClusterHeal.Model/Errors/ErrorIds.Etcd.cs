namespace ClusterHeal;

/// <content>etcd: the client, configuration, members and saving.</content>
public static partial class ErrorIds
{
    /// <summary>A text that should be an endpoint is not one.</summary>
    public const string EtcdEndpointInvalid = "EtcdEndpointInvalid";

    /// <summary>The member did not answer the call before its deadline.</summary>
    public const string EtcdTimeout = "EtcdTimeout";

    /// <summary>What answers at the endpoint is not an etcd v3 server, or it breaks the protocol.</summary>
    public const string EtcdProtocol = "EtcdProtocol";

    /// <summary>The cluster asks for a user and none was given.</summary>
    public const string EtcdCredentialRequired = "EtcdCredentialRequired";

    /// <summary>The user or the password is wrong.</summary>
    public const string EtcdCredentialWrong = "EtcdCredentialWrong";

    /// <summary>The user may not do this.</summary>
    public const string EtcdPermissionDenied = "EtcdPermissionDenied";

    /// <summary>The member is a learner, which does not serve this call.</summary>
    public const string EtcdLearner = "EtcdLearner";

    /// <summary>The revision was compacted.</summary>
    public const string EtcdCompacted = "EtcdCompacted";

    /// <summary>The revision is not reached yet.</summary>
    public const string EtcdFutureRevision = "EtcdFutureRevision";

    /// <summary>The cluster has no leader.</summary>
    public const string EtcdNoLeader = "EtcdNoLeader";

    /// <summary>The database's quota is used up.</summary>
    public const string EtcdNoSpace = "EtcdNoSpace";

    /// <summary>The cluster raised its corruption alarm.</summary>
    public const string EtcdCorrupt = "EtcdCorrupt";

    /// <summary>The server does not have this call or this API.</summary>
    public const string EtcdNotSupported = "EtcdNotSupported";

    /// <summary>The member answered a call with another error; the message has its words.</summary>
    public const string EtcdCallFailed = "EtcdCallFailed";

    /// <summary>A file is not a configuration of etcd, or a value in it is not valid.</summary>
    public const string EtcdConfigurationInvalid = "EtcdConfigurationInvalid";

    /// <summary>The running etcd was started with other settings than its unit, its manifest or its files have now.</summary>
    public const string EtcdConfigurationDiffers = "EtcdConfigurationDiffers";

    /// <summary>None of the members that were given can be asked for a snapshot.</summary>
    public const string EtcdNoMemberSuitable = "EtcdNoMemberSuitable";

    /// <summary>The snapshot that a member sent cannot be trusted, or the download broke off.</summary>
    public const string SnapshotStreamInvalid = "SnapshotStreamInvalid";

    /// <summary>There is not enough room on the disk for the snapshot.</summary>
    public const string SnapshotNoSpace = "SnapshotNoSpace";
}
