using ClusterHeal.Wal;

namespace ClusterHeal.Tests.Wal;

public sealed class SnapFileTests
{
    private const string Name = "0000000000000001-0000000000000003.snap";

    [Fact]
    public void A_file_of_etcdutl_is_read()
    {
        var snapshot = SnapFile.Decode(Fixture.Read("etcd/" + Name));

        Assert.Equal(3ul, snapshot.Metadata.Index);
        Assert.Equal(1ul, snapshot.Metadata.Term);
        Assert.Equal([0x8211f1d0f64f3269, 0x91bc3c398fb3c146, 0xfd422379fda50e48], snapshot.Metadata.ConfState.Voters);
        Assert.Equal(Name, SnapFile.FileName(snapshot.Metadata.Term, snapshot.Metadata.Index));
    }

    [Fact]
    public void What_was_read_is_written_to_the_same_bytes() =>
        Assert.Equal(Fixture.Read("etcd/" + Name), SnapFile.Encode(SnapFile.Decode(Fixture.Read("etcd/" + Name))));

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        var whole = Fixture.Read("etcd/" + Name);
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<WalFormatException>(() => SnapFile.Decode(cut));
        }
    }

    [Fact]
    public void A_flipped_byte_is_noticed()
    {
        var damaged = Fixture.Read("etcd/" + Name);
        damaged[5000] ^= 1;
        Assert.Equal(ErrorIds.WalDamaged, Assert.Throws<WalFormatException>(() => SnapFile.Decode(damaged)).ErrorId);
    }
}
