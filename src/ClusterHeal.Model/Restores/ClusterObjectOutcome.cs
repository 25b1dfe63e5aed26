namespace ClusterHeal;

/// <summary>What became of one object of a snapshot in the live cluster.</summary>
public enum ClusterObjectOutcome : long
{
    /// <summary>It was created.</summary>
    Created,

    /// <summary>The live object was replaced by that of the snapshot.</summary>
    Replaced,

    /// <summary>The live object is the same, so nothing was written.</summary>
    Unchanged,

    /// <summary>A live object of this name exists and was left as it is.</summary>
    Exists,

    /// <summary>It was left out: a controller makes it, or it must not run a second time.</summary>
    LeftOut,

    /// <summary>It could not be restored.</summary>
    Failed,

    /// <summary>A trial says that the server would create it.</summary>
    CouldBeCreated,

    /// <summary>A trial says that the server would replace the live object by it.</summary>
    CouldBeReplaced,

    /// <summary>It cannot be tried before other objects are there.</summary>
    NotTried,
}
