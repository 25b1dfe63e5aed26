namespace ClusterHeal;

public static partial class ErrorIds
{
    /// <summary>A write-ahead log or <c>.snap</c> file of etcd is damaged.</summary>
    public const string WalDamaged = "WalDamaged";
}
