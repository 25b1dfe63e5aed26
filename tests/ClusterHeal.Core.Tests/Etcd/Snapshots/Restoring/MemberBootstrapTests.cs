using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Wal;

namespace ClusterHeal.Tests.Etcd.Snapshots;

public sealed class MemberBootstrapTests
{
    private static readonly Version V35 = new(3, 5);

    private static InitialCluster Three => InitialCluster.Parse(
        "infra1=http://127.0.0.1:12380,infra2=http://127.0.0.1:22380,infra3=http://127.0.0.1:32380", "etcd-cluster-1");

    [Fact]
    public void The_log_and_the_raft_snapshot_of_a_member_are_etcdutls_to_the_byte()
    {
        var bootstrap = new MemberBootstrap(Three, Three.Member("infra1"), V35);

        Assert.Equal("0000000000000000-0000000000000000.wal", bootstrap.WalFileName);
        Assert.Equal(Fixture.Read("etcd/restored3_wal_head.bin").AsSpan(0, bootstrap.WalHead.Length), bootstrap.WalHead.Span);
        Assert.Equal("0000000000000001-0000000000000003.snap", bootstrap.SnapFileName);
        Assert.Equal(Fixture.Read("etcd/0000000000000001-0000000000000003.snap"), bootstrap.Snap.Span);
    }

    [Fact]
    public void The_logs_of_two_members_differ_in_the_member_only()
    {
        var (first, second) = (new MemberBootstrap(Three, Three.Member("infra1"), V35), new MemberBootstrap(Three, Three.Member("infra2"), V35));
        var (a, b) = (new WalSegmentReader(first.WalHead), new WalSegmentReader(second.WalHead));
        while (a.Read() is { } record)
        {
            var other = b.Read()!;
            if (record.Type != (long)WalRecordType.Metadata) Assert.Equal(record.Data, other.Data);
            else Assert.Equal(Three.Member("infra2").Id, WalMetadata.Parser.ParseFrom(other.Data).NodeId);
        }

        Assert.Equal(first.Snap.Span, second.Snap.Span);
    }

    [Fact]
    public void Servers_before_3_5_get_a_log_without_the_configuration_of_raft()
    {
        var reader = new WalSegmentReader(new MemberBootstrap(Three, Three.Member("infra1"), new Version(3, 4)).WalHead);
        WalRecord? last = null;
        while (reader.Read() is { } record) last = record;
        Assert.Equal("08031001", Convert.ToHexString(last!.Data.Span));
    }

    [Fact]
    public void Names_are_written_into_json_as_Go_writes_them()
    {
        var member = new InitialMember("a\"b\\<&>\u2028\n\u0001é", 1, ["http://h:1"]);
        Assert.Equal(
            "{\"id\":1,\"peerURLs\":[\"http://h:1\"],\"name\":\"a\\\"b\\\\\\u003c\\u0026\\u003e\\u2028\\n\\u0001é\"}",
            MembershipJson.Member(member));
    }
}
