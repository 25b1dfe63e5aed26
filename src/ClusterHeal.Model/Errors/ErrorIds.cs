namespace ClusterHeal;

/// <summary>
/// The ids of all errors that ClusterHeal reports. They are part of its interface: listed in about_ClusterHeal_Errors,
/// never renamed. Each area has its own part of this class (<c>ErrorIds.Etcd.cs</c>, <c>ErrorIds.Hosts.cs</c> …).
/// </summary>
public static partial class ErrorIds
{
    /// <summary>A change needs a confirmation, and nobody is there to ask.</summary>
    public const string ConfirmationRequired = "ConfirmationRequired";

    /// <summary>A file or folder that was named does not exist.</summary>
    public const string PathNotFound = "PathNotFound";

    /// <summary>A folder was named, but a file is needed, or the other way round.</summary>
    public const string PathNotSuitable = "PathNotSuitable";

    /// <summary>The file to write exists already.</summary>
    public const string PathExists = "PathExists";

    /// <summary>The operating system refused to read or write a path.</summary>
    public const string PathAccessDenied = "PathAccessDenied";

    /// <summary>A file could not be read or written for another reason, such as a full disk.</summary>
    public const string PathInputOutput = "PathInputOutput";

    /// <summary>A program that is needed on this machine is not on the PATH.</summary>
    public const string ProgramNotFound = "ProgramNotFound";

    /// <summary>The PATH leads to a program in the current folder. No program is started from there.</summary>
    public const string ProgramPathRelative = "ProgramPathRelative";

    /// <summary>A failure that ClusterHeal did not foresee. The inner exception has the details.</summary>
    public const string Unexpected = "Unexpected";
}
