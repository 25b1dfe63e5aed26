namespace ClusterHeal;

/// <summary>In which state a renewal of certificates left the hosts.</summary>
public enum CertificateRenewalOutcome : long
{
    /// <summary>All certificates that run out are renewed, and the components show them and are let in with them.</summary>
    Renewed,

    /// <summary>No certificate runs out, so nothing was touched.</summary>
    NotNeeded,

    /// <summary>None was renewed. What was changed is as it was.</summary>
    PutBack,

    /// <summary>Some were renewed and are in use; the others are as they were. The same command goes on.</summary>
    Unfinished,

    /// <summary>A host could not be reached any more, and recovers by itself when its switch fires.</summary>
    LeftToHost,
}
