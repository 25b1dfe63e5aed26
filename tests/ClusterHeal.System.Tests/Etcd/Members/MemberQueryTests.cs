using System.Text.Json;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd.Members;

/// <summary>Members of real clusters, with etcdctl as the oracle.</summary>
public sealed class MemberQueryTests
{
    [Theory]
    [InlineData(EtcdRelease.V34, 3)]
    [InlineData(EtcdRelease.V35, 3)]
    [InlineData(EtcdRelease.V35, 1)]
    public async Task Members_and_status_are_those_of_etcdctl(EtcdRelease release, int count)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release, Tls = true, Members = count }, stop);
        (await etcd.EtcdCtlAsync(stop, "put", "a", "1")).Expect();

        // An election between the two looks would make them differ.
        var (before, theirs) = ("", await StatusAsync());
        var sink = new RecordingSink();
        for (var tries = 0; before != theirs && tries < 20; tries++)
        {
            sink = await QueryAsync(await TestConnection.ToAsync(etcd, stop));
            (before, theirs) = (theirs, await StatusAsync());
        }

        Assert.Empty(sink.Faults);
        Assert.Empty(sink.Warnings);
        var members = sink.Records.Cast<EtcdMember>().ToArray();

        var list = (await etcd.EtcdCtlAsync(stop, "member", "list")).Expect().Output;
        var ours = members.Select(m => $"{m.Id}, started, {m.Name}, {m.PeerUrls[0]}, {m.ClientUrls[0]}, false");
        Assert.Equal(list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(), ours.Order());

        using var statuses = JsonDocument.Parse(theirs);
        foreach (var row in statuses.RootElement.EnumerateArray())
        {
            var status = row.GetProperty("Status");
            var header = status.GetProperty("header");
            var member = Assert.Single(members, m => m.Endpoint[0] == row.GetProperty("Endpoint").GetString());
            Assert.Equal(header.GetProperty("member_id").GetUInt64().ToString("x", null), member.Id);
            Assert.Equal(status.GetProperty("version").GetString(), member.Version);
            Assert.Equal(status.GetProperty("dbSize").GetInt64(), member.DbSize);
            Assert.InRange(member.DbSizeInUse!.Value, 1, member.DbSize!.Value);
            Assert.Equal(status.GetProperty("leader").GetUInt64().ToString("x", null) == member.Id, member.IsLeader);
            Assert.Equal(status.GetProperty("raftTerm").GetInt64(), member.RaftTerm);
            Assert.InRange(member.RaftIndex!.Value, 1, status.GetProperty("raftIndex").GetInt64());
            Assert.Equal(header.GetProperty("revision").GetInt64(), member.Revision);
            Assert.True(member is { IsHealthy: true, IsStarted: true, Error: null });
            Assert.True(member.Latency > TimeSpan.Zero);
        }

        Assert.Single(members, m => m.IsLeader);

        async Task<string> StatusAsync() => (await etcd.EtcdCtlAsync(stop, "endpoint", "status", "-w", "json")).Expect().Output;
    }

    [Fact]
    public async Task A_member_that_is_down_is_in_the_list_with_its_error()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, stop);
        await etcd.Members[1].KillAsync();

        var sink = await QueryAsync(await TestConnection.ToAsync(etcd, stop));
        Assert.Empty(sink.Faults);
        var members = sink.Records.Cast<EtcdMember>().ToArray();
        Assert.Equal(["m1", "m2", "m3"], members.Select(m => m.Name));
        Assert.Equal([true, false, true], members.Select(m => m.IsHealthy == true));
        Assert.Contains("refused the connection", members[1].Error, StringComparison.Ordinal);
        Assert.True(members[1] is { IsStarted: true, Role: "Voter" });
        Assert.Single(members, m => m.Role == "Leader");
        Assert.Single(members, m => m.Role == "Follower");
    }

    [Fact]
    public async Task A_voter_that_never_ran_is_in_the_list_and_counts_wherever_voters_are_counted()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.PrepareAsync(new LocalEtcdOptions { Members = 3 }, stop);
        foreach (var member in etcd.Members.Take(2)) member.Launch();
        foreach (var member in etcd.Members.Take(2)) await member.WaitUntilReadyAsync(stop);
        var connection = await TestConnection.ToAsync(etcd, stop) with { Endpoints = EtcdEndpoint.ParseMany(etcd.Members[0].ClientUrl) };

        var sink = await QueryAsync(connection);
        Assert.Empty(sink.Faults);
        var members = sink.Records.Cast<EtcdMember>().ToArray();
        Assert.Equal([true, true, false], members.Select(m => m.IsHealthy == true));
        Assert.True(members[2] is { Name: "m3", IsStarted: false, Role: "Not started", Health: var health } && health.Contains("never been started", StringComparison.Ordinal));

        // The second of two living voters is not let go.
        var voters = EtcdQuorum.Voters(members, [.. members.Select(m => new Node { Metadata = new ObjectMeta { Name = m.Name } })]);
        Assert.Contains("2 are needed", EtcdQuorum.Risk(voters, new HashSet<string> { "m2" }, []), StringComparison.Ordinal);
        using var client = connection.OpenFirst();
        var known = (await client.MemberListAsync(linearizable: false, stop)).Members;
        var living = members.Take(2).Select(m => Convert.ToUInt64(m.Id, 16)).ToHashSet();
        Assert.False(await QuorumGuard.IsHealthyAsync(connection, known.Single(m => m.Name == "m3"), stop));
        Assert.Contains("'m3'", Assert.Single(SteadyState.AwayFrom(living, known)), StringComparison.Ordinal);
        var facts = await new EtcdSurvey(connection).RunAsync(stop);
        Assert.Equal((2, 2, 3), (facts.HealthyVoters, facts.Quorum, facts.Voters.Count()));
    }

    [Fact]
    public async Task A_url_that_is_none_among_several_hides_no_member()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.PrepareAsync(new LocalEtcdOptions { Members = 3 }, stop);
        const string NoUrl = "http://no..host:2379";
        etcd.Members[1].Arguments = [$"--advertise-client-urls={NoUrl},{etcd.Members[1].ClientUrl}"];
        etcd.Members[2].Arguments = [$"--advertise-client-urls={NoUrl}"];
        await etcd.StartMembersAsync(stop);
        var connection = await TestConnection.ToAsync(etcd, stop) with { Endpoints = EtcdEndpoint.ParseMany(etcd.Members[0].ClientUrl) };

        EtcdMember[] members = [];
        for (var tries = 0; tries < 50 && members.Count(m => m.IsStarted) < 3; tries++)
        {
            if (tries > 0) await Task.Delay(100, stop); // A member makes its URLs known a moment after it answers.
            members = [.. (await QueryAsync(connection)).Records.Cast<EtcdMember>()];
        }

        Assert.Equal([true, true, false], members.Select(m => m.IsHealthy == true));
        Assert.Null(members[1].Error);
        Assert.Contains("'http://no..host:2379' is not an etcd endpoint", members[2].Error, StringComparison.Ordinal);
        Assert.Equal("Voter", members[2].Role);

        var folder = Directory.CreateTempSubdirectory("clusterheal-members-");
        var path = Path.Combine(folder.FullName, "a.db");
        await new SnapshotSaver(connection, new SnapshotSaveOptions { Path = path }, TimeProvider.System).RunAsync(new RecordingSink(), stop);
        var compared = (await SnapshotTester.TestAsync(path, connection, null, stop)).Single(r => r.Name == "HashKV");
        Assert.Contains("2 of 3 live voters", compared.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_member_in_whose_place_another_answers_is_not_called_healthy()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, stop);

        var members = (await QueryAsync(TestConnection.ToFirstWhatever(etcd))).Records.Cast<EtcdMember>().ToArray();

        Assert.Equal(["m1", "m2", "m3"], members.Select(m => m.Name));
        Assert.Equal([true, false, false], members.Select(m => m.IsHealthy == true));
        Assert.All(members[1..], m => Assert.Contains($"the member {members[0].Id} answers", m.Error, StringComparison.Ordinal));
        Assert.All(members[1..], m => Assert.Null(m.Version));
    }

    [Fact]
    public async Task Without_a_quorum_the_list_still_comes_with_a_warning_and_nobody_is_healthy()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, stop);
        await etcd.Members[1].KillAsync();
        await etcd.Members[2].KillAsync();

        var sink = await QueryAsync(await TestConnection.ToAsync(etcd, stop) with { CallTimeout = TimeSpan.FromSeconds(3) });
        Assert.Empty(sink.Faults);
        Assert.Contains(sink.Warnings, warning => warning.StartsWith("No quorum", StringComparison.Ordinal));
        var members = sink.Records.Cast<EtcdMember>().ToArray();
        Assert.Equal(3, members.Length);
        Assert.All(members, member => Assert.False(member.IsHealthy));
        Assert.NotNull(members[0].Version);
    }

    [Fact]
    public async Task An_alarm_a_learner_one_that_never_joined_and_an_even_number_are_seen()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LearnerCluster.StartAsync(stop);
        (await etcd.Voter.EtcdCtlAsync(stop, "member", "add", "late", "--peer-urls=http://127.0.0.1:1")).Expect();
        var connection = await TestConnection.ToAsync(etcd.Voter, stop) with { CallTimeout = TimeSpan.FromSeconds(3) };

        var sink = await QueryAsync(connection);
        var members = sink.Records.Cast<EtcdMember>().ToDictionary(m => m.Name);
        Assert.True(members["learner"] is { IsLearner: true, IsHealthy: true, IsStarted: true });
        Assert.True(members[""] is { IsStarted: false, IsHealthy: false, Error: "It has not joined yet." });
        Assert.Contains(sink.Warnings, warning => warning.StartsWith("The cluster has 2 voting members", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_with_an_alarm_is_not_healthy()
    {
        var stop = TestContext.Current.CancellationToken;
        var options = new LocalEtcdOptions { Arguments = ["--quota-backend-bytes=100000"] };
        await using var etcd = await LocalEtcd.StartAsync(options, stop);
        var value = new string('x', 90_000);
        for (var i = 0; i < 3; i++) await etcd.EtcdCtlAsync(stop, "put", "k", value);

        var sink = await QueryAsync(await TestConnection.ToAsync(etcd, stop));
        var member = Assert.IsType<EtcdMember>(Assert.Single(sink.Records));
        Assert.Equal(["NOSPACE"], member.Alarms);
        Assert.Equal((false, "It has the alarm NOSPACE."), (member.IsHealthy, member.Error));
    }

    [Fact]
    public async Task Where_no_endpoint_answers_each_has_its_error()
    {
        using ClosedPort one = new(), other = new();
        var sink = await QueryAsync(new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany([one.Endpoint, other.Endpoint]) });
        Assert.Empty(sink.Records);
        Assert.Equal([ErrorIds.ConnectionRefused, ErrorIds.ConnectionRefused], sink.Faults.Select(f => f.ErrorId));
    }

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task The_v2_api_is_read_where_it_is_served_and_its_absence_is_said(EtcdRelease release)
    {
        var stop = TestContext.Current.CancellationToken;
        var options = new LocalEtcdOptions { Release = release, Members = 3, Tls = true, Arguments = ["--enable-v2"] };
        await using (var etcd = await LocalEtcd.StartAsync(options, stop))
        {
            var connection = await TestConnection.ToAsync(etcd, stop);
            var (v2, v3) = (new RecordingSink(), await QueryAsync(connection));
            await new V2MemberQuery(connection).RunAsync(v2, stop);
            Assert.Empty(v2.Faults);
            Assert.Equal(
                v3.Records.Cast<EtcdMember>().Select(m => (m.Id, m.Name, m.PeerUrls[0], m.ClientUrls[0], m.IsLeader)),
                v2.Records.Cast<EtcdMember>().Select(m => (m.Id, m.Name, m.PeerUrls[0], m.ClientUrls[0], m.IsLeader)));
        }

        await using var without = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release }, stop);
        var sink = new RecordingSink();
        await new V2MemberQuery(await TestConnection.ToAsync(without, stop)).RunAsync(sink, stop);
        var fault = Assert.Single(sink.Faults);
        Assert.Equal(ErrorIds.EtcdNotSupported, fault.ErrorId);
        Assert.Contains("does not serve the v2 API", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<RecordingSink> QueryAsync(EtcdConnection connection)
    {
        var sink = new RecordingSink();
        await new MemberQuery(connection).RunAsync(sink, TestContext.Current.CancellationToken);
        return sink;
    }
}
