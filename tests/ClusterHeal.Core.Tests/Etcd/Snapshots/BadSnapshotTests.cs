using System.Buffers.Binary;
using System.Security.Cryptography;
using ClusterHeal.Bolt;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Tests.Bolt;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Files that are no good snapshots: a clear answer that names the file, and nothing left behind.</summary>
public sealed class BadSnapshotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-snapshots-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_that_does_not_exist_is_named()
    {
        var path = Path.Combine(_folder, "none.db");
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => InspectAsync(path));
        Assert.Equal((ErrorIds.PathNotFound, path), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public async Task A_folder_is_not_a_file()
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => InspectAsync(_folder));
        Assert.Equal((ErrorIds.PathNotSuitable, _folder), (fault.ErrorId, fault.Target));
    }

    [Fact]
    public async Task An_empty_file_is_called_empty()
    {
        var fault = await Assert.ThrowsAsync<SnapshotFormatException>(() => InspectAsync(Write([])));
        Assert.Equal((ErrorIds.SnapshotEmpty, 0), (fault.ErrorId, fault.Offset));
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public async Task Something_else_is_not_a_database()
    {
        var random = new byte[100_000];
        new Random(3).NextBytes(random);
        var fault = await Assert.ThrowsAsync<SnapshotFormatException>(() => InspectAsync(Write(random)));
        Assert.Equal(ErrorIds.SnapshotNotADatabase, fault.ErrorId);
        Assert.Contains("the magic number of bbolt is missing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_byte_in_a_value_is_caught_by_the_checksum_alone()
    {
        var results = await TestAsync(Fixture.PathOf("etcd/snap_badvalue.db"));
        Assert.Equal("Checksum", Assert.Single(results, r => r.Status != CheckStatus.Pass).Name);
        Assert.Equal(CheckStatus.Fail, results.Single(r => r.Name == "Checksum").Status);
        Assert.False(SnapshotTester.IsProven(results));
    }

    [Fact]
    public async Task A_copied_database_without_a_checksum_is_sound_and_not_proven_by_it()
    {
        var path = Write(Fixture.Read("etcd/snap.db")[..^32]);
        var snapshot = (await InspectAsync(path)).RequireSound();
        Assert.Equal((SnapshotChecksum.Missing, null, 891427285u), (snapshot.Checksum, snapshot.Sha256, snapshot.Hash));
        var results = await TestAsync(path);
        Assert.Equal(CheckStatus.Unknown, results.Single(r => r.Name == "Checksum").Status);
        Assert.False(SnapshotTester.IsProven(results));
    }

    [Fact]
    public async Task A_changed_value_in_a_file_without_a_checksum_is_not_proven()
    {
        var results = await TestAsync(Write(Fixture.Read("etcd/snap_badvalue.db")[..^32]));
        Assert.DoesNotContain(results, r => r.Status == CheckStatus.Fail); // Nothing in the file shows it.
        Assert.False(SnapshotTester.IsProven(results));
    }

    [Theory]
    [InlineData("etcd/snap.db", CheckStatus.Pass)]
    [InlineData("etcd/snap_badvalue.db", CheckStatus.Fail)]
    public async Task A_file_without_a_checksum_is_proven_by_its_manifest_or_shown_to_be_changed(string fixture, CheckStatus expected)
    {
        var path = Write(Fixture.Read(fixture)[..^32]);
        TestManifest.Write(path, TestManifest.New with { Sha256 = Convert.ToHexString(Fixture.Read("etcd/snap.db")[^32..]).ToLowerInvariant() });
        var results = await TestAsync(path);
        Assert.Equal(expected, results.Single(r => r.Name == "Checksum").Status);
        Assert.Equal(expected == CheckStatus.Pass, SnapshotTester.IsProven(results));
    }

    [Fact]
    public async Task A_manifest_of_another_file_is_told_beside_a_checksum_that_fits()
    {
        var path = Write(Fixture.Read("etcd/snap.db"));
        TestManifest.Write(path, TestManifest.New with { Sha256 = "00" });
        var result = (await TestAsync(path)).Single(r => r.Name == "Checksum");
        Assert.Equal(CheckStatus.Warning, result.Status);
        Assert.Contains("that of another file", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_cut_fails_the_first_check_with_both_sizes()
    {
        var results = await TestAsync(Write(Fixture.Read("etcd/snap.db")[..65536]));
        var first = results[0];
        Assert.Equal(("File", CheckStatus.Fail), (first.Name, first.Status));
        Assert.Contains("after 65536 of the 86016 bytes", first.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_bad_meta_page_beside_a_good_one_fails_and_is_named(int bad)
    {
        var file = new BoltTestFile("etcd/snap.db");
        file.Page((ulong)bad)[30] ^= 1;
        var results = await TestAsync(Write(Sealed(file.Bytes)));
        var result = results.Single(r => r.Name == "MetaPages");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.StartsWith($"page {bad} ", Assert.Single(result.Evidence), StringComparison.Ordinal);
        Assert.False(SnapshotTester.IsProven(results));
    }

    [Theory]
    [InlineData(0, 8)] // The kind of the page: bbolt ends its process over it.
    [InlineData(1, 8)]
    [InlineData(1, 0)] // Its number.
    public async Task The_head_of_a_meta_page_is_no_part_of_its_checksum_and_is_looked_at_all_the_same(int page, int offset)
    {
        var file = new BoltTestFile("etcd/snap.db");
        file.Page((ulong)page)[offset] ^= 4;
        var results = await TestAsync(Write(Sealed(file.Bytes)));
        Assert.Equal(CheckStatus.Fail, results.Single(r => r.Name == "MetaPages").Status);
    }

    [Fact]
    public async Task A_bucket_that_every_member_has_is_missed()
    {
        var bytes = Fixture.Read("etcd/snap.db")[..^32];
        var name = bytes.AsSpan().IndexOf("members_removed"u8) + "members_removed"u8.Length;
        name += bytes.AsSpan(name).IndexOf("meta"u8);
        bytes[name + 3] = (byte)'c';
        var results = await TestAsync(Write(Sealed(bytes)));
        Assert.Equal("Buckets", Assert.Single(results, r => r.Status == CheckStatus.Fail).Name);
        Assert.False(SnapshotTester.IsProven(results));
    }

    // etcdutl 3.5 and 3.6 end with a panic when they restore a file with such a key. What the value says they do not read; a server would.
    [Theory]
    [InlineData(-1, (byte)0xe0)] // The ID in the key.
    [InlineData(-1, (byte)'g')]
    [InlineData(6, (byte)'-')] // The ID in the value.
    [InlineData(6, (byte)'"')]
    public async Task A_member_whose_ID_is_no_number_fails(int offset, byte value)
    {
        var bytes = Fixture.Read("etcd/snap36-3m.db")[..^32];
        var members = 0;
        for (var at = 0; bytes.AsSpan(at).IndexOf("{\"id\":"u8) is >= 0 and var found; members++)
        {
            at += found;
            bytes[at + offset] = value;
            at++;
        }

        Assert.True(members >= 3);
        var results = await TestAsync(Write(Sealed(bytes)));
        Assert.Equal("Members", Assert.Single(results, r => r.Status == CheckStatus.Fail).Name);
        Assert.False(SnapshotTester.IsProven(results));
    }

    [Fact]
    public async Task A_loop_of_pages_fails_the_walk_though_the_checksum_fits()
    {
        var file = new BoltTestFile("etcd/snap36.db");
        var branch = file.PageWith(BoltPage.BranchFlag);
        file.Set64(branch, 16 + 8, branch);
        var results = await TestAsync(Write(Sealed(file.Bytes)));
        Assert.Equal(CheckStatus.Pass, results.Single(r => r.Name == "Checksum").Status);
        Assert.Equal(CheckStatus.Fail, results.Single(r => r.Name == "Pages").Status);
    }

    [Fact]
    public async Task A_record_that_is_no_revision_fails()
    {
        var file = new BoltTestFile("etcd/snap.db");
        var separator = file.Bytes.AsSpan().LastIndexOf(new byte[] { 0, 0, 0, 0, 0, 0, 0, 53, (byte)'_' });
        file.Bytes[separator + 8] = (byte)'-';
        var result = (await TestAsync(Write(Sealed(file.Bytes)))).Single(r => r.Name == "Revisions");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("is not a revision", Assert.Single(result.Evidence), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_with_pages_of_64_KiB_is_read_like_any_other()
    {
        var snapshot = (await InspectAsync(Write(Sealed(WithPageSize(Fixture.Read("etcd/snap.db")[..^32], 65536))))).RequireSound();
        Assert.Equal((65536, 891427285u, 53L, 119939006u), (snapshot.PageSize, snapshot.Hash, snapshot.Revision, snapshot.HashKv));
    }

    [Fact]
    public async Task A_snapshot_that_is_cut_at_any_byte_is_never_taken_for_a_whole_one()
    {
        var whole = SmallSnapshot();
        Assert.Equal(SnapshotChecksum.Verified, (await FullyAsync(Write(whole))).RequireSound().Checksum);
        await Parallel.ForEachAsync(Enumerable.Range(0, whole.Length), async (cut, stop) =>
        {
            var path = Path.Combine(_folder, $"cut-{cut}.db");
            await File.WriteAllBytesAsync(path, whole[..cut], stop);
            await RequireRefusedAsync(path, cut, whole.Length);
            File.Delete(path);
        });
    }

    [Fact]
    public async Task A_snapshot_of_a_real_cluster_that_is_cut_is_never_taken_for_a_whole_one()
    {
        var path = Write(Fixture.Read("etcd/snap36-3m.db"));
        var whole = (int)new FileInfo(path).Length;
        var cuts = Enumerable.Range(0, whole).Where(i => i % 97 == 0 || i % 512 is 31 or 32 or 33 || i > whole - 600);
        foreach (var cut in cuts.Reverse())
        {
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write)) RandomAccess.SetLength(file, cut);
            await RequireRefusedAsync(path, cut, whole);
        }
    }

    [Fact]
    public async Task Any_flipped_bit_is_seen()
    {
        var whole = Fixture.Read("etcd/snap.db");
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(SnapshotTester.IsProven(await TestAsync(Write(bytes))));
        }
    }

    private static async Task RequireRefusedAsync(string path, int cut, int whole)
    {
        const int BothMetas = 2 * 4096;
        try
        {
            var inspection = await FullyAsync(path);
            Assert.True(inspection.IsDamaged || inspection.Snapshot.Checksum != SnapshotChecksum.Verified, $"cut at {cut}");
            if (cut < whole - SHA256.HashSizeInBytes) Assert.Throws<SnapshotFormatException>(inspection.RequireSound);
        }
        catch (SnapshotFormatException e)
        {
            Assert.True(cut < BothMetas, $"cut at {cut}: {e.Message}");
        }
    }

    /// <summary>Two buckets, a record of etcd's form in one of them: seven pages and the checksum.</summary>
    private static byte[] SmallSnapshot()
    {
        using var stream = new MemoryStream();
        var writer = new BoltBulkWriter(stream);
        writer.BeginBucket("key"u8);
        writer.Append([0, 0, 0, 0, 0, 0, 0, 2, (byte)'_', 0, 0, 0, 0, 0, 0, 0, 0], [0x0a, 1, (byte)'k', 0x18, 2]);
        writer.BeginBucket("meta"u8);
        writer.Complete();
        return Sealed(stream.ToArray());
    }

    private static byte[] Sealed(byte[] database) => [.. database, .. SHA256.HashData(database)];

    /// <summary>Lays each page of 4 KiB at the beginning of a larger one: the same database as a machine with such pages has it.</summary>
    private static byte[] WithPageSize(byte[] database, int size)
    {
        var pages = database.Length / 4096;
        var bytes = new byte[pages * size];
        // Runs with overflow pages are longer than a small page and shorter than a large one: their pages become one.
        for (var page = 0; page < pages; page++)
        {
            var run = database.AsSpan(page * 4096);
            var overflow = page < 2 ? 0 : (int)Math.Min(new BoltPage(run).Overflow, (uint)((size / 4096) - 1));
            run[..Math.Min(run.Length, (overflow + 1) * 4096)].CopyTo(bytes.AsSpan(page * size));
            if (page >= 2)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((page * size) + 12), 0);
                continue;
            }
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((page * size) + 24), (uint)size);
            var meta = bytes.AsSpan((page * size) + 16, 64);
            BinaryPrimitives.WriteUInt64LittleEndian(meta[56..], BoltMeta.Fnv1a(meta[..56]));
        }
        return bytes;
    }

    private static Task<SnapshotInspection> InspectAsync(string path) =>
        SnapshotInspection.RunAsync(path, TestContext.Current.CancellationToken);

    private static Task<SnapshotInspection> FullyAsync(string path) =>
        SnapshotInspection.ProveAsync(path, TestContext.Current.CancellationToken);

    private static Task<IReadOnlyList<CheckResult>> TestAsync(string path) =>
        SnapshotTester.TestAsync(path, null, null, TestContext.Current.CancellationToken);

    private string Write(byte[] bytes)
    {
        var path = Path.Combine(_folder, "snapshot.db");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
