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
    public void A_namespace_is_deleted_only_if_it_is_the_drills_own(string operationId, string nameSpace, bool isOwn) => Assert.Equal(isOwn, new DrillRecord
    {
        OperationId = operationId,
        Drill = DrillName.Scheduler,
        ClusterName = "prod",
        Operator = "ada@jump",
        StartedAt = DateTimeOffset.UnixEpoch,
        Namespace = nameSpace,
        Components = new Dictionary<string, ClusterComponent>(),
    }.IsOwn);
}
