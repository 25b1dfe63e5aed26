using ClusterHeal.Wal;
using Google.Protobuf;

namespace ClusterHeal.Tests.Wal;

public sealed class WalSegmentTests
{
    // The order and offsets of what etcdutl 3.5.30 wrote for three members.
    private static readonly (int Offset, WalRecordType Type)[] Expected =
    [
        (0, WalRecordType.Crc), (16, WalRecordType.Metadata), (56, WalRecordType.Snapshot),
        (80, WalRecordType.Entry), (208, WalRecordType.Entry), (336, WalRecordType.Entry),
        (464, WalRecordType.State), (504, WalRecordType.Snapshot),
    ];

    private static byte[] Head => Fixture.Read("etcd/restored3_wal_head.bin");

    [Fact]
    public void A_log_of_etcdutl_is_read_record_by_record()
    {
        var reader = new WalSegmentReader(Head);
        foreach (var (offset, type) in Expected)
        {
            Assert.Equal(offset, reader.Offset);
            Assert.Equal((long)type, reader.Read()!.Type);
        }

        Assert.Null(reader.Read());
        Assert.Equal(568, reader.Offset);
    }

    [Fact]
    public void What_was_read_is_written_to_the_same_bytes()
    {
        var reader = new WalSegmentReader(Head);
        var writer = new WalSegmentWriter();
        while (reader.Read() is { } record)
        {
            if (record.Type != (long)WalRecordType.Crc) writer.Append((WalRecordType)record.Type, Message(record));
        }

        Assert.Equal(Head.AsSpan(0, 568), writer.Written.Span);
    }

    [Fact]
    public void A_log_cut_at_any_byte_ends_or_names_the_offset_of_the_record()
    {
        var starts = Expected.Select(e => e.Offset).Append(568).ToArray();
        for (var length = 0; length < 568; length++)
        {
            var reader = new WalSegmentReader(Head.AsMemory(0, length));
            var fault = Record.Exception(() => { while (reader.Read() is not null) { } });
            if (starts.Contains(length)) Assert.Null(fault);
            else Assert.Equal(starts.Last(s => s <= length), Assert.IsType<WalFormatException>(fault).Offset);
        }
    }

    [Fact]
    public void Every_flipped_byte_of_a_record_is_noticed()
    {
        // Padding has no meaning, and the checksum covers the data of a record but not its type.
        var padding = new[] { 12..16, 78..80, 203..208, 332..336, 460..464, 497..504, 563..568 };
        var types = Expected.Select(e => e.Offset + sizeof(ulong) + 1).ToArray();
        foreach (var at in Enumerable.Range(16, 552).Except(types).Where(i => !padding.Any(p => p.Start.Value <= i && i < p.End.Value)))
        {
            var damaged = Head;
            damaged[at] ^= 1;
            var reader = new WalSegmentReader(damaged);
            var fault = Record.Exception(() => { while (reader.Read() is not null) { } });
            Assert.True(fault is WalFormatException, $"byte {at}: {fault?.GetType().Name ?? "nothing"}");
        }
    }

    [Theory]
    [InlineData(0, 0, "0000000000000000-0000000000000000.wal")]
    [InlineData(26, 255, "000000000000001a-00000000000000ff.wal")]
    public void Segments_are_named_as_etcd_names_them(ulong sequence, ulong index, string name) =>
        Assert.Equal(name, WalSegmentWriter.FileName(sequence, index));

    private static IMessage Message(WalRecord record) => (WalRecordType)record.Type switch
    {
        WalRecordType.Metadata => WalMetadata.Parser.ParseFrom(record.Data),
        WalRecordType.Entry => RaftEntry.Parser.ParseFrom(record.Data),
        WalRecordType.State => RaftHardState.Parser.ParseFrom(record.Data),
        _ => WalSnapshot.Parser.ParseFrom(record.Data),
    };
}
