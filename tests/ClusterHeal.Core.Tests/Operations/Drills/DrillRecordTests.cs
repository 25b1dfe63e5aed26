using System.Text.Json;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>What a host remembers of a drill is believed only where drills write it so.</summary>
public sealed class DrillRecordTests
{
    private const string Folder = "var/lib/clusterheal/drills";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_cannot_be_read_is_not_none()
    {
        using var host = new SimulatedHost();
        Assert.Equal("No drill is left to be undone on h1.", await NotFoundAsync(host));
        host.Write($"{Folder}/cut.json", "{ \"operationId\": \"20260102T0304");

        var (records, unreadable) = await DrillRecord.ReadAsync(host, Stop);

        Assert.Empty(records);
        Assert.EndsWith($"{Folder}/cut.json", Assert.Single(unreadable), StringComparison.Ordinal);
        Assert.Contains("cut.json' on h1 is no record that can be read", await NotFoundAsync(host), StringComparison.Ordinal);
    }

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

    private static async Task<string> NotFoundAsync(SimulatedHost host)
    {
        var undo = new FailureDrillUndo(
            new()
            {
                Kubernetes = new() { ClusterName = "c", Server = new Uri("http://192.0.2.1:6443") },
                Hosts = [new() { HostName = "h1" }],
                NodeHost = _ => throw new InvalidOperationException(),
                OpenShell = _ => host,
            },
            new RecordingSink(),
            TimeProvider.System);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => undo.RunAsync(Stop));
        Assert.Equal(ErrorIds.DrillNotFound, fault.ErrorId);
        return fault.Message;
    }
}
