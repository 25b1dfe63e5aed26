using System.Text.Json;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using ClusterHeal.Tests.Kubernetes.Live;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>An API server fills its etcd by the updates of one object, is refused, and is healed: the practice one, and the real one if there is one.</summary>
public sealed class FullClusterTests
{
    private const int ValueSize = 700_000;
    private const string ConfigMap = "/api/v1/namespaces/default/configmaps/busy";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_API_server_that_was_refused_writes_again(bool isReal)
    {
        LongTests.SkipUnlessWanted();
        Assert.SkipWhen(isReal && LocalControlPlaneOptions.AssetsOfEnvironment is null, "KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and the others.");
        using var folder = new TempFolder();
        var options = new LocalControlPlaneOptions
        {
            KubernetesAssets = isReal ? LocalControlPlaneOptions.AssetsOfEnvironment : null,
            Nodes = [],
            Etcd = new LocalEtcdOptions { Arguments = [$"--quota-backend-bytes={2 * UpkeepLab.Quota}"] },
        };
        await using var plane = await LocalControlPlane.StartAsync(options, Stop);
        using var api = new RawApi(plane);
        await api.PostAsync("/api/v1/namespaces/default/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"busy"}}""");
        for (var i = 0; i < UpkeepLab.Quota / ValueSize; i++) await UpdateAsync(i);

        // What comes from here on is of the last moments: each component renews its lease every two seconds.
        var renewals = await RenewalsAsync(plane);
        while (await RenewalsAsync(plane) < renewals + 4) await Task.Delay(100, Stop);
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            for (var i = 0; i < 100; i++) await UpdateAsync(100 + i);
        });
        Assert.Contains("database space exceeded", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => api.PatchAsync(ConfigMap, """{"metadata":{"labels":{"a":"b"}}}"""));

        var sink = new RecordingSink();
        var clearance = new AlarmClearance(
            await TestConnection.ToAsync(plane.Etcd, Stop), UpkeepLab.Request() with { KeepHistory = TimeSpan.FromSeconds(1) }, folder.File("journal"), TimeProvider.System);
        await clearance.RunAsync(sink, Stop);
        Assert.Empty(sink.Faults);
        var report = Assert.IsType<EtcdAlarmReport>(Assert.Single(sink.Records));
        Assert.Equal(EtcdAlarmOutcome.Cleared, report.Outcome);
        TestContext.Current.TestOutputHelper?.WriteLine($"healed in {report.Duration}");

        await api.PatchAsync(ConfigMap, """{"metadata":{"labels":{"a":"b"}}}""");
        Assert.Equal("b", (string?)(await api.GetAsync(ConfigMap))["metadata"]!["labels"]!["a"]);
        var after = await RenewalsAsync(plane);
        while (await RenewalsAsync(plane) == after) await Task.Delay(100, Stop);

        Task UpdateAsync(int number) => api.PatchAsync(ConfigMap, $$$"""{"data":{"n":"{{{number}}}{{{new string('x', ValueSize)}}}"}}""");
    }

    /// <summary>How often leases were renewed, as etcdctl tells it.</summary>
    private static async Task<long> RenewalsAsync(LocalControlPlane plane)
    {
        using var leases = JsonDocument.Parse((await plane.Etcd.EtcdCtlAsync(Stop, "get", "/registry/leases/", "--prefix", "--write-out=json")).Expect().Output);
        return leases.RootElement.TryGetProperty("kvs", out var pairs) ? pairs.EnumerateArray().Sum(pair => pair.GetProperty("version").GetInt64()) : 0;
    }
}
