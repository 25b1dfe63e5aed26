using System.Text.Json;
using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>What a host remembers of a drill is believed only where drills write it so.</summary>
public sealed class DrillRecordTests
{
    [Theory]
    [InlineData("20260102T030405Z-ab12", "clusterheal-drill-20260102t030405z-ab12", true)]
    [InlineData("20260102T030405Z-ab12", "kube-system", false)]
    [InlineData("20260102T030405Z-ab12", "clusterheal-drill-another", false)]
    [InlineData("../../../etc/passwd", "clusterheal-drill-../../../etc/passwd", false)]
    [InlineData("", "clusterheal-drill-", false)]
    public void A_namespace_is_deleted_only_if_it_is_the_drills_own(string operationId, string nameSpace, bool isOwn) =>
        Assert.Equal(isOwn, Record(operationId, nameSpace).IsOwn);

    [Fact]
    public void What_a_drill_of_etcd_has_broken_is_read_as_it_was_written_and_a_record_from_before_has_none()
    {
        var record = Record("1", "n") with { LostMember = "kubem02", FullMember = "kubem01" };
        var text = JsonSerializer.Serialize(record, DrillRecordJson.Default.DrillRecord);
        var read = DrillRecord.Parse(text)!;
        Assert.Equal(("kubem02", "kubem01"), (read.LostMember, read.FullMember));
        var older = DrillRecord.Parse(text.Replace("lostMember", "x", StringComparison.Ordinal).Replace("fullMember", "y", StringComparison.Ordinal))!;
        Assert.Equal((null, null), (older.LostMember, older.FullMember));
    }

    private static DrillRecord Record(string operationId, string nameSpace) => new()
    {
        OperationId = operationId,
        Drill = DrillName.Scheduler,
        ClusterName = "prod",
        Operator = "ada@jump",
        StartedAt = DateTimeOffset.UnixEpoch,
        Namespace = nameSpace,
        Components = new Dictionary<string, ClusterComponent>(),
    };
}
