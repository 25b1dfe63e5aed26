using ClusterHeal.Operations.Restores;
using ClusterHeal.Tests.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>What is not known of a host refuses a restore. What hosts say themselves is tried on hosts: <c>RestoreRefusalTests</c>.</summary>
public sealed class RestoreRulesTests
{
    public static TheoryData<string, string> Unknown => new()
    {
        { "tools", "it has no 'flock' or no 'mountpoint', or its 'mv' does not know -n and -T" },
        { "version", "the version of its etcd is not known" },
        { "database", "it cannot be seen which database its etcd has open" },
        { "room", "0 MiB are free" },
        { "root", "the login is not root's" },
        { "member", "it cannot be asked" },
    };

    [Fact]
    public void A_host_of_which_all_is_known_is_restored() => RestoreRules.Check([Host()], databaseSize: 1 << 20, [], []);

    [Theory]
    [MemberData(nameof(Unknown))]
    public void A_host_of_which_something_is_not_known_is_refused(string what, string says)
    {
        var host = Host();
        host = what switch
        {
            "tools" => host with { Facts = host.Facts with { HasTools = false } },
            "version" => host with { Facts = host.Facts with { Version = null }, Member = Member(null) },
            "database" => host with { Facts = host.Facts with { OpenDatabase = null } },
            "room" => host with { Facts = host.Facts with { FreeBytes = 0 } },
            "root" => host with { Facts = host.Facts with { IsRoot = false } },
            _ => host with { Member = Member("m0: it cannot be asked.") },
        };

        var refusal = Assert.Throws<ClusterHealException>(() => RestoreRules.Check([host], databaseSize: 1 << 20, [], []));

        Assert.Equal(ErrorIds.RestoreRefused, refusal.ErrorId);
        Assert.Contains($"m0: {says}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was touched.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_login_without_roots_rights_nothing_else_is_believed()
    {
        var host = Host();
        host = host with { Facts = host.Facts with { IsRoot = false, DataObstacle = "cannot enter", HasTools = false }, Member = Member("m0: it cannot be asked.") };

        var refusal = Assert.Throws<ClusterHealException>(() => RestoreRules.Check([host], databaseSize: 1 << 20, [], []));

        Assert.EndsWith("Nothing was touched. m0: the login is not root's; add -Sudo.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_behind_somebody_elses_link_is_named_with_the_link()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make a folder of another user.");
        using var host = new SimulatedHost();
        await host.PrintsAsync("mkdir @/data @/theirs; ln -s @/data @/theirs/link; chown 54321 @/theirs");

        Assert.Null((await AskAsync(host, "data")).DataObstacle);
        var facts = await AskAsync(host, "theirs/link");

        Assert.Equal($"'{host.PathOf("theirs/link")}' leads through the symbolic link 'link' in a folder that belongs to somebody else; it is not followed", facts.DataObstacle);
    }

    [Fact]
    public void An_undo_needs_that_each_member_answers_or_is_dead()
    {
        RestoreRules.CheckMembers([Host()]);
        var refusal = Assert.Throws<ClusterHealException>(() => RestoreRules.CheckMembers([Host() with { Member = Member("m0: it cannot be asked.") }]));
        Assert.Contains("cannot be put back as it is. Nothing was touched. m0: it cannot be asked.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mountpoint")]
    [InlineData("flock")]
    public async Task A_host_without_a_tool_says_so(string tool)
    {
        using var host = new SimulatedHost();
        Directory.CreateDirectory(host.PathOf("data"));
        Assert.True((await AskAsync(host, "data")).HasTools);

        host.Lose(tool);

        Assert.False((await AskAsync(host, "data")).HasTools);
    }

    private static Task<MemberFacts> AskAsync(SimulatedHost host, string folder)
    {
        var configuration = SampleMember.Configuration("m0") with { DataDirectory = host.PathOf(folder) };
        return MemberFacts.AskAsync(host, configuration, SampleMember.Found(configuration).Etcd, TestContext.Current.CancellationToken);
    }

    private static SurveyedHost Host()
    {
        var found = SampleMember.Found(SampleMember.Configuration("m0"));
        var status = new StatusResponse { Version = "3.5.16", Leader = 1, Header = new ResponseHeader { MemberId = 1, ClusterId = 1 } };
        return new SurveyedHost
        {
            Shell = found.Shell,
            Configuration = found.Configuration,
            Components = found.Components,
            Facts = found.Facts,
            Member = new MemberVerdict(status, [], ["http://127.0.0.1:2379"], [], null),
        };
    }

    private static MemberVerdict Member(string? objection) => new(null, [], ["http://127.0.0.1:2379"], [], objection);
}
