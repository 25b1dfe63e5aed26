namespace ClusterHeal.Operations.Restores;

/// <summary>The two versions of the data between which a restore switches a cluster.</summary>
internal enum DataVersion
{
    /// <summary>The data from before the restore.</summary>
    Old,

    /// <summary>The data of the snapshot.</summary>
    New,
}

/// <summary>The names of the versions on the hosts.</summary>
internal static class DataVersionWords
{
    /// <summary>The word for <c>member.sh</c>.</summary>
    public static string Word(this DataVersion version) => version == DataVersion.New ? "new" : "old";
}
