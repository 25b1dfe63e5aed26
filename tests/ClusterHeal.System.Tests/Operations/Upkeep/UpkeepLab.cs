using System.Globalization;
using System.Text.Json;
using ClusterHeal.Etcd;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>A real etcd of three members on loopback with a small quota, what fills it, and what etcdctl says of it.</summary>
internal sealed class UpkeepLab : IAsyncDisposable
{
    public const int Mebi = 1 << 20;
    public const int Quota = 8 * Mebi;

    private const int ValueSize = Mebi / 16;

    /// <summary>When the past of the lab begins.</summary>
    private static readonly DateTimeOffset Begin = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly List<long> _minutes = [];

    private UpkeepLab(LocalEtcd etcd, EtcdConnection connection) => (Etcd, Connection) = (etcd, connection);

    public LocalEtcd Etcd { get; }

    public EtcdConnection Connection { get; }

    public string JournalFolder => _folder.File("journal");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<UpkeepLab> StartAsync(LocalEtcdOptions options)
    {
        var etcd = await LocalEtcd.StartAsync(options with { Arguments = [$"--quota-backend-bytes={Quota}", .. options.Arguments] }, Stop);
        return new UpkeepLab(etcd, await TestConnection.ToAsync(etcd, Stop));
    }

    public MemberOptimization Optimization(TimeSpan? timeout = null, params string[] members) => new(
        Connection,
        new MemberOptimizationRequest { Cluster = "practice", Members = members, Timeout = timeout ?? TimeSpan.FromMinutes(1) },
        JournalFolder,
        TimeProvider.System);

    public AlarmClearance Clearance(AlarmClearanceRequest? request = null) => new(Connection, request ?? Request(), JournalFolder, TimeProvider.System);

    public static AlarmClearanceRequest Request() => new() { Cluster = "practice" };

    /// <summary>Runs etcdctl, which has to succeed.</summary>
    public async Task<string> CtlAsync(params string[] arguments) => (await Etcd.EtcdCtlAsync(Stop, arguments)).Expect().Output;

    /// <summary>What etcdctl says of the members: ID in hex, size of the database, leader, revision.</summary>
    public async Task<IReadOnlyList<(string Id, long Size, string Leader, long Revision)>> StatusAsync()
    {
        using var status = JsonDocument.Parse(await CtlAsync("endpoint", "status", "--write-out=json"));
        return
        [
            .. status.RootElement.EnumerateArray().Select(member =>
            {
                var said = member.GetProperty("Status");
                var header = said.GetProperty("header");
                return (Hex(header.GetProperty("member_id")), said.GetProperty("dbSize").GetInt64(), Hex(said.GetProperty("leader")), header.GetProperty("revision").GetInt64());
            }),
        ];

        static string Hex(JsonElement id) => id.GetUInt64().ToString("x", CultureInfo.InvariantCulture);
    }

    /// <summary>The alarms as etcdctl lists them.</summary>
    public async Task<string[]> AlarmsAsync() => [.. (await CtlAsync("alarm", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Writes a former value after the other to one key, and renews a lease of Kubernetes: each half MiB takes a minute of the lab's time. Ends when etcd
    /// refuses to write.
    /// </summary>
    /// <returns>The revision at the end of each minute.</returns>
    public async Task<IReadOnlyList<long>> FillByMinutesAsync()
    {
        using var client = Connection.OpenFirst();
        try
        {
            while (true)
            {
                var renewed = (Begin + TimeSpan.FromMinutes(_minutes.Count)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
                var lease = $$$"""{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"m1"},"spec":{"renewTime":"{{{renewed}}}"}}""";
                await PutAsync(client, "/registry/leases/kube-node-lease/m1", ByteString.CopyFromUtf8(lease));
                for (var i = 0; i < 8; i++) await PutAsync(client, "/registry/configmaps/default/busy", new byte[ValueSize]);
                var mark = await client.PutAsync(new PutRequest { Key = Utf8("/registry/configmaps/default/minute"), Value = Utf8($"{_minutes.Count}") }, Stop);
                _minutes.Add(mark.Header.Revision);
            }
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdNoSpace)
        {
            await SettleAsync();
            return [.. _minutes];
        }
    }

    /// <summary>Writes objects that stay, until they alone fill the quota: what is free in between is given back and filled too.</summary>
    public async Task FillWithObjectsAsync()
    {
        const int Rounds = 10;
        // A value and its key begin on a page of their own. What etcd calls "in use" does not tell: it counts pages that are about to become free.
        const long Stored = ValueSize + 4096;
        using var client = Connection.OpenFirst();
        await PutAsync(client, "/registry/secrets/default/one", new byte[ValueSize]);
        var objects = 0;
        for (var round = 0; round < Rounds; round++)
        {
            if (round > 0) await GiveBackAsync();
            try
            {
                for (; ; objects++) await PutAsync(client, $"/registry/events/default/{objects}", new byte[ValueSize]);
            }
            catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdNoSpace)
            {
                // It is full.
            }

            await SettleAsync();
            if (round > 1 && objects * Stored > Quota * 96L / 100) return;
        }

        Assert.Fail("The objects do not fill the quota.");
    }

    /// <summary>Gives back what is free in a full database, so that it can be filled to the brim.</summary>
    public async Task GiveBackAsync()
    {
        await CtlAsync("defrag");
        await CtlAsync("alarm", "disarm");
    }

    /// <summary>Writes former values of one key, and compacts them away: free pages, and nothing that needs them.</summary>
    public async Task MakeFreePagesAsync(int bytes)
    {
        using var client = Connection.OpenFirst();
        var revision = 0L;
        for (var written = 0; written < bytes; written += ValueSize)
        {
            revision = (await client.PutAsync(new PutRequest { Key = Utf8("busy"), Value = ByteString.CopyFrom(new byte[ValueSize]) }, Stop)).Header.Revision;
        }

        await CtlAsync("compact", $"{revision}", "--physical");
    }

    /// <summary>Raises an alarm for a member, as its own check does.</summary>
    public async Task RaiseAsync(AlarmType alarm)
    {
        using var client = Connection.OpenFirst();
        var member = (await client.StatusAsync(Stop)).Header.MemberId;
        await client.AlarmAsync(new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = member, Alarm = alarm }, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await Etcd.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Waits until what was written is in the files: etcd does it every 100 milliseconds, and a file may grow by it.</summary>
    private async Task SettleAsync()
    {
        var before = await StatusAsync();
        for (var left = 100; left > 0; left--)
        {
            await Task.Delay(300, Stop);
            var now = await StatusAsync();
            if (now.SequenceEqual(before)) return;
            before = now;
        }

        Assert.Fail("The files grow on.");
    }

    public static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);

    private static Task<PutResponse> PutAsync(EtcdClient client, string key, byte[] value) => PutAsync(client, key, ByteString.CopyFrom(value));

    private static Task<PutResponse> PutAsync(EtcdClient client, string key, ByteString value) =>
        client.PutAsync(new PutRequest { Key = Utf8(key), Value = value }, Stop);
}
