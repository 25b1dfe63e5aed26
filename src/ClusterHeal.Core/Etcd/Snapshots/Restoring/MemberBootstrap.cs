using System.Text;
using ClusterHeal.Wal;
using Google.Protobuf;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The small files with which a restored member starts: its write-ahead log and its raft snapshot. Together with the database, which is the same for
/// all members, they are the whole data directory. (etcd: etcdutl/snapshot/v3_snapshot.go, saveWALAndSnap)
/// </summary>
public sealed class MemberBootstrap
{
    /// <summary>The size of the log's file: what follows <see cref="WalHead"/> is zeros.</summary>
    public const long WalSize = WalSegmentWriter.SegmentSize;

    /// <summary>The raft term in which a restored cluster begins.</summary>
    internal const ulong Term = 1;

    /// <summary>Makes the files of one member.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="member">The member, one of the cluster's.</param>
    /// <param name="targetVersion">The version of the servers: major and minor.</param>
    public MemberBootstrap(InitialCluster cluster, InitialMember member, Version targetVersion)
    {
        var index = (ulong)cluster.Members.Count;
        var confState = new RaftConfState { AutoLeave = false };
        confState.Voters.AddRange(cluster.Members.Select(m => m.Id));

        var wal = new WalSegmentWriter();
        wal.Append(WalRecordType.Metadata, new WalMetadata { NodeId = member.Id, ClusterId = cluster.Id });
        wal.Append(WalRecordType.Snapshot, new WalSnapshot { Index = 0, Term = 0 });
        for (var i = 0; i < cluster.Members.Count; i++) wal.Append(WalRecordType.Entry, AddMember(cluster.Members[i], (ulong)i + 1));
        wal.Append(WalRecordType.State, new RaftHardState { Term = Term, Vote = cluster.Members[0].Id, Commit = index });
        var start = new WalSnapshot { Index = index, Term = Term };
        if (targetVersion >= EtcdVersions.ConfStateInLog) start.ConfState = confState;
        wal.Append(WalRecordType.Snapshot, start);

        WalHead = wal.Written;
        SnapFileName = Wal.SnapFile.FileName(Term, index);
        Snap = Wal.SnapFile.Encode(new RaftSnapshot
        {
            Data = ByteString.CopyFromUtf8(MembershipJson.Store(cluster, failedGets: targetVersion >= EtcdVersions.FailedReadInStore ? 1 : 0)),
            Metadata = new RaftSnapshotMetadata { ConfState = confState, Index = index, Term = Term },
        });
    }

    /// <summary>The name of the log's file, in <c>member/wal</c> or the folder of <c>--wal-dir</c>.</summary>
    public string WalFileName { get; } = WalSegmentWriter.FileName(0, 0);

    /// <summary>The records of the log. The file has <see cref="WalSize"/> bytes; the rest is zeros.</summary>
    public ReadOnlyMemory<byte> WalHead { get; }

    /// <summary>The name of the raft snapshot's file, in <c>member/snap</c>.</summary>
    public string SnapFileName { get; }

    /// <summary>The whole content of the raft snapshot's file.</summary>
    public ReadOnlyMemory<byte> Snap { get; }

    private static RaftEntry AddMember(InitialMember member, ulong index)
    {
        var change = new RaftConfChange
        {
            Id = 0,
            Type = RaftConfChangeType.AddNode,
            NodeId = member.Id,
            Context = ByteString.CopyFrom(MembershipJson.Member(member), Encoding.UTF8),
        };
        return new RaftEntry { Type = RaftEntryType.ConfChange, Term = Term, Index = index, Data = change.ToByteString() };
    }
}
