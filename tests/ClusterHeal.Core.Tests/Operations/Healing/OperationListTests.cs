using System.Text;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Tests.Operations.Healing;

/// <summary>What journals, records and locks say, as a list; and what cannot be read is told.</summary>
public sealed class OperationListTests : IDisposable
{
    private const string Stop = "20261122T100000Z-aaaaaa";
    private const string Restore = "20261122T110000Z-bbbbbb";
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("operations").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_operation_is_what_its_first_cmdlet_began_and_what_the_hosts_still_have_of_it()
    {
        var heals = Now.AddMinutes(9).ToUnixTimeSeconds();
        var first = HostOperations.Parse("kubem00", $"""
            lock {Restore}{'\t'}55{'\t'}Restore-EtcdSnapshot by ann@jump
            stopped /var/lib/clusterheal/stopped/etcd{'\t'}etcd{'\t'}{Stop}{'\t'}{Now.ToUnixTimeSeconds()}{'\t'}{heals}{'\t'}t.timer{'\t'}etcd.service{'\t'}{'\t'} {""}
            restore {Restore} unfinished new
            journal {Line(Stop, "Stop-ControlPlaneComponent", "stop etcd.service", 0)}
            journal {Line(Stop, "heal", "brought back", 1)}
            """);
        Assert.Empty(first.Unreadable);
        var second = HostOperations.Parse("kubem01", $"restore {Restore} finished new\n");
        var list = OperationList.Of([], [first, second]);
        Assert.Equal([Stop, Restore], list.Select(o => o.OperationId));

        Assert.Equal((ClusterOperationKind.ComponentStop, ClusterOperationState.Left, "Etcd on kubem00", "ann@jump"), (list[0].Kind, list[0].State, list[0].Target, list[0].Operator));
        Assert.Equal("Start-ControlPlaneComponent -HostName kubem00 -Component Etcd", list[0].Undo);
        Assert.Contains($"the host starts it again at {Now.AddMinutes(9):u}", list[0].Left, StringComparison.Ordinal);

        Assert.Equal((ClusterOperationKind.Restore, ClusterOperationState.Running), (list[1].Kind, list[1].State));
        Assert.Equal($"Undo-EtcdRestore -HostName kubem00, kubem01 -OperationId '{Restore}'", list[1].Undo);

        // The lock has ended: somebody has to take it back. And all is over where the hosts have nothing of it.
        Assert.Equal(ClusterOperationState.Left, OperationList.Of([], [first with { Lock = null }, second])[1].State);
        Assert.Equal(ClusterOperationState.Ended, OperationList.Of([], [first with { Lock = null, Stopped = [] }])[0].State);
    }

    [Fact]
    public void A_renewal_that_nobody_ended_is_left_until_the_same_command_goes_on()
    {
        const string Record = $$"""{"operationId":"{{Stop}}","cluster":"prod","operator":"ann@jump","startedAt":"2026-11-22T10:00:00+00:00","paths":["/etc/kubernetes/admin.conf"]}""";
        var host = HostOperations.Parse("kubem00", $"renewal unfinished /var/lib/clusterheal/certificates/{Stop}/record.json\t{Record}\n");
        Assert.Empty(host.Unreadable);
        var left = Assert.Single(OperationList.Of([], [host]));
        Assert.Equal((ClusterOperationKind.CertificateRenewal, ClusterOperationState.Left, "kubem00", "ann@jump"), (left.Kind, left.State, left.Target, left.Operator));
        Assert.Equal("Update-ControlPlaneCertificate -HostName kubem00", left.Undo);
        var ended = HostOperations.Parse("kubem00", $"renewal finished /var/lib/clusterheal/certificates/{Stop}/record.json\t{Record}\n");
        Assert.Equal((ClusterOperationState.Ended, null), (Assert.Single(OperationList.Of([], [ended])).State, OperationList.Of([], [ended])[0].Undo));
    }

    [Fact]
    public void What_this_machine_alone_knows_is_unknown_until_the_hosts_were_asked()
    {
        Write(Line(Stop, "Stop-NodeComponent", "stop kubelet.service", 0));
        var local = OperationJournal.ReadLocal(_folder, out var isWhole);
        Assert.True(isWhole);
        Assert.Equal(ClusterOperationState.Unknown, Assert.Single(OperationList.Of(local, [])).State);
        Assert.Equal(ClusterOperationState.Ended, Assert.Single(OperationList.Of(local, [new HostOperations("kubem00")])).State);
        Assert.Equal(Stop, Assert.Single(OperationQuery.Local(_folder)).OperationId);
    }

    [Fact]
    public void The_end_of_a_journal_begins_with_a_whole_line()
    {
        Write(Line(Stop, "Stop-NodeComponent", "stop kubelet.service", 0), Line(Restore, "Restore-EtcdSnapshot", "stop etcd.service", 1));
        var last = Line(Restore, "Restore-EtcdSnapshot", "stop etcd.service", 1).Length + 1;
        Assert.Equal(2, OperationJournal.ReadLocal(_folder, out _).Count);
        foreach (var more in new[] { 1, 20 })
        {
            Assert.Equal(Restore, Assert.Single(OperationJournal.ReadLocal(_folder, out var isWhole, last + more)).OperationId);
            Assert.True(isWhole);
        }
    }

    [Fact]
    public void Records_that_cannot_be_read_are_named()
    {
        var host = HostOperations.Parse("kubem00", """
            unreadable /var/lib/clusterheal/lock
            stopped /var/lib/clusterheal/stopped/etcd	what is this
            drill /var/lib/clusterheal/drills/x.json	{"half": 
            repair unfinished back /var/lib/clusterheal/repair/x/record.json	[]
            journal {"half
            journal {"half
            """);
        Assert.Equal(
            [
                "/var/lib/clusterheal/lock", "/var/lib/clusterheal/journal.jsonl", "/var/lib/clusterheal/stopped/etcd",
                "/var/lib/clusterheal/drills/x.json", "/var/lib/clusterheal/repair/x/record.json",
            ],
            host.Unreadable);
        Assert.Empty(OperationList.Of([], [host]));
    }

    [Fact]
    public async Task A_damaged_journal_of_this_machine_is_an_error_and_the_rest_of_it_is_listed()
    {
        Write(Line(Stop, "Stop-NodeComponent", "stop kubelet.service", 0), "\0\0\0", Line(Restore, "Restore-EtcdSnapshot", "stop etcd.service", 0));
        var sink = new RecordingSink();
        await new OperationQuery([], new HostShells(_ => { }), _folder).RunAsync(sink, TestContext.Current.CancellationToken);
        Assert.Equal(ErrorIds.OperationRecordUnreadable, Assert.Single(sink.Faults).ErrorId);
        Assert.Equal([Stop, Restore], sink.Records.OfType<ClusterOperation>().Select(o => o.OperationId));
    }

    private static string Line(string id, string cmdlet, string step, int minute) =>
        $$"""{"time":"{{Now.AddMinutes(minute - 60):yyyy-MM-ddTHH:mm:ssZ}}","operationId":"{{id}}","operation":"{{cmdlet}}","operator":"ann@jump","hostName":"kubem00","step":"{{step}}"}""";

    private void Write(params string[] lines) => File.WriteAllText(Path.Combine(_folder, "journal.jsonl"), string.Join('\n', lines) + "\n", Encoding.UTF8);
}
