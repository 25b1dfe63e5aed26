namespace ClusterHeal;

/// <summary>An alarm that is stored in a snapshot. A cluster restored from it by etcdutl has it again.</summary>
/// <param name="MemberId">The id of the member that raised it, as etcdctl prints it.</param>
/// <param name="Alarm">Its kind: <c>NOSPACE</c> or <c>CORRUPT</c>.</param>
public sealed record EtcdSnapshotAlarm(string MemberId, string Alarm)
{
    /// <summary>The alarm and the member.</summary>
    public override string ToString() => $"{Alarm} {MemberId}";
}
