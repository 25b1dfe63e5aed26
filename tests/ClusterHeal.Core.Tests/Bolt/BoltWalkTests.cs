using ClusterHeal.Bolt;

namespace ClusterHeal.Tests.Bolt;

public sealed class BoltWalkTests
{
    [Theory]
    [InlineData("etcd/snap.db")]
    [InlineData("etcd/snap36.db")]
    [InlineData("etcd/snap36-3m.db")]
    [InlineData("etcd/alarm.db")]
    [InlineData("kubernetes/kube-1.36-etcd-3.5.db")]
    public void A_real_database_has_no_findings(string fixture) => Assert.Empty(new BoltTestFile(fixture).Check());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_bad_meta_is_named_and_the_other_one_used(int bad)
    {
        var file = new BoltTestFile("etcd/snap.db");
        file.Page((ulong)bad)[20] ^= 1;
        var findings = new BoltFindings();
        Assert.NotNull(file.Open(findings));
        Assert.Equal($"page {bad} (offset {bad * 4096}): the meta is not valid: its version is 3, not 2", Assert.Single(findings.ToList()).ToString());
    }

    [Fact]
    public void Of_two_good_metas_the_one_with_the_higher_transaction_counts()
    {
        var file = new BoltTestFile("etcd/snap.db");
        var newest = file.Open(new BoltFindings())!.Meta.TransactionId;
        var ids = new[] { BoltMeta.Parse(file.Page(0), 0).Meta!.TransactionId, BoltMeta.Parse(file.Page(1), 1).Meta!.TransactionId };
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids.Max(), newest);
    }

    [Fact]
    public void Without_a_valid_meta_there_is_no_database()
    {
        var file = new BoltTestFile("etcd/snap.db");
        file.Page(0)[70] ^= 1;
        file.Page(1)[75] ^= 1;
        Assert.Equal(
            ["page 0 (offset 0): the meta is not valid: its checksum is wrong", "page 1 (offset 4096): the meta is not valid: its checksum is wrong"],
            file.Check());
    }

    [Fact]
    public void A_branch_that_points_to_itself_ends()
    {
        var file = new BoltTestFile("etcd/snap36.db");
        var branch = file.PageWith(BoltPage.BranchFlag);
        file.Set64(branch, 16 + 8, branch);
        Assert.Contains(file.Check(), f => f.StartsWith($"page {branch} ", StringComparison.Ordinal) && f.Contains("used twice", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_branches_may_not_share_a_child()
    {
        var file = new BoltTestFile("etcd/snap36.db");
        var branch = file.PageWith(BoltPage.BranchFlag, atLeast: 2);
        var child = new BoltPage(file.Page(branch)).Child(0);
        file.Set64(branch, 32 + 8, child);
        Assert.Contains(file.Check(), f => f.StartsWith($"page {child} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(8, 0x10, "it is neither branch nor leaf")]
    [InlineData(10, 0xffff, "elements need more than its 4096 bytes")]
    [InlineData(12, 0xffff, "overflow of 65535 pages goes too far")]
    [InlineData(0, 0x7777, "it calls itself page 30583")]
    [InlineData(16 + 4, 0xffff, "its element 0 lies outside of the page")]
    [InlineData(16 + 4, 0x0001, "its element 0 lies outside of the page or in another one")]
    [InlineData(16 + 8, 0xffff, "its element 0 lies outside of the page")]
    [InlineData(16 + 12, 0xffff, "its element 0 lies outside of the page")]
    public void A_number_out_of_range_in_a_leaf_is_a_finding_with_its_place(int offset, ushort value, string expected)
    {
        var file = new BoltTestFile("etcd/snap.db");
        var leaf = file.PageWith(BoltPage.LeafFlag, atLeast: 2);
        file.Set16(leaf, offset, value);
        var finding = Assert.Single(file.Check());
        Assert.StartsWith($"page {leaf} (offset {leaf * 4096UL + (ulong)(offset is 12 or 8 or 10 ? offset : offset >= 16 ? 16 : 0)}", finding, StringComparison.Ordinal);
        Assert.Contains(expected, finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_out_of_order_are_a_finding_within_a_page_and_across_pages()
    {
        var file = new BoltTestFile("etcd/snap36.db");
        var branch = new BoltPage(file.Page(file.PageWith(BoltPage.BranchFlag, atLeast: 3)));
        var middle = branch.Child(1);
        var key = file.Bytes.AsSpan().IndexOf(new BoltPage(file.Page(middle)).Key(0));
        Assert.True(key > 0);
        var (first, last) = (KeyOffset(file, middle, 0), KeyOffset(file, middle, new BoltPage(file.Page(middle)).Count - 1));

        file.Bytes[first] ^= 0x40;
        Assert.Contains("its keys 0 and 1 are out of order", Assert.Single(file.Check()), StringComparison.Ordinal);
        file.Bytes[first] ^= 0x40;

        file.Bytes[last] ^= 0x40;
        Assert.Contains("belongs behind the next branch", Assert.Single(file.Check()), StringComparison.Ordinal);
        file.Bytes[last] ^= 0x40;

        file.Bytes[first + 7]--;
        Assert.Contains("its first key is below that of the branch", Assert.Single(file.Check()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_high_water_mark_beyond_the_file_is_a_finding_and_one_below_it_cuts_pages_off()
    {
        var file = new BoltTestFile("etcd/snap.db");
        file.SetMeta(40, ulong.MaxValue / 2);
        Assert.Contains("the file ends here, after 21 of", Assert.Single(file.Check()), StringComparison.Ordinal);
        file.SetMeta(40, 3);
        Assert.Contains(file.Check(), f => f.Contains("something points to it, but the pages go from 2 to 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_freelist_is_compared_with_the_pages_in_use()
    {
        var file = new BoltTestFile("etcd/snap.db");
        var leaf = file.PageWith(BoltPage.LeafFlag);
        var pages = (ulong)(file.Bytes.Length / 4096);
        var bytes = new byte[file.Bytes.Length + 4096];
        file.Bytes.CopyTo(bytes, 0);
        file = new BoltTestFile(bytes);
        file.SetMeta(32, pages);
        file.SetMeta(40, pages + 1);
        file.Set64(pages, 0, pages);
        file.Set16(pages, 8, BoltPage.FreelistFlag);
        file.Set16(pages, 10, 3);
        file.Set64(pages, 16, leaf);
        file.Set64(pages, 24, leaf);
        file.Set64(pages, 32, pages + 9);

        var findings = file.Check();
        Assert.Contains(findings, f => f.Contains("it is free and used", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Contains("it is on the freelist twice", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Contains($"it calls page {pages + 9} free, which does not exist", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Contains("nothing points to it and it is not free", StringComparison.Ordinal));
    }

    [Fact]
    public void Random_damage_gives_findings_or_nothing_but_never_a_crash()
    {
        var random = new Random(20);
        var whole = new BoltTestFile("etcd/snap36-3m.db").Bytes;
        for (var round = 0; round < 3000; round++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 20); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            new BoltTestFile(bytes).Check();
        }
    }

    private static int KeyOffset(BoltTestFile file, ulong page, int element)
    {
        var key = new BoltPage(file.Page(page)).Key(element);
        return (int)page * 4096 + file.Page(page).IndexOf(key);
    }
}
