namespace ClusterHeal.Operations.Restores;

/// <summary>The two states of the data between which a restore moves a cluster.</summary>
internal enum Side
{
    /// <summary>The data from before the restore.</summary>
    Old,

    /// <summary>The data of the snapshot.</summary>
    New,
}

/// <summary>How the sides are called on the hosts.</summary>
internal static class SideWords
{
    /// <summary>The word for <c>member.sh</c>.</summary>
    public static string Word(this Side side) => side == Side.New ? "new" : "old";
}
