using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Tests.Practice.ControlPlane;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Watches of our client over API servers that start anew, and over one whose etcd went back in time.</summary>
public abstract class LiveWatchTests(LiveControlPlane programs)
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private static readonly ResourceType<AnyObject> Type = Resources.Any("v1", "configmaps");
    private static readonly ResourceQuery Query = new("default", LabelSelector: "test=watch");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_outlasts_a_server_that_has_forgotten_its_revision_and_one_whose_revisions_went_back()
    {
        programs.Require();
        await using var plane = await programs.StartAsync(new LocalControlPlaneOptions { Controllers = false });
        using var api = new RawApi(plane);
        var connection = await KubernetesConnection.ReadAsync([plane.Kubeconfig], null, Token);
        using var client = new KubernetesClient(connection, TimeProvider.System);
        await CreateAsync(api, "victim");
        var old = (await client.SnapshotAsync(Type, Query, Token)).ResourceVersion;
        var file = Path.GetTempFileName();
        (await plane.Etcd.EtcdCtlAsync(Token, "snapshot", "save", file)).Expect();
        await using var cache = await ResourceCache<AnyObject>.StartAsync(client, Type, Query, Token);
        for (var i = 0; i < 5; i++) await CreateAsync(api, $"newer{i}");
        await api.DeleteAsync($"{ConfigMaps}/victim");
        await UntilAsync(cache, "newer0", "newer1", "newer2", "newer3", "newer4");

        await plane.ApiServer.KillAsync();
        plane.ApiServer.Start();
        await plane.WaitUntilServingAsync(Token);
        var expired = await Assert.ThrowsAsync<KubernetesException>(async () =>
        {
            await foreach (var _ in client.Watches.ReadAsync(Type, Query, old, Token)) Assert.Fail("The server remembers what it should have forgotten.");
        });
        Assert.Equal((410, ErrorIds.ResourceVersionExpired), (expired.StatusCode, expired.ErrorId));
        Assert.Contains("too old resource version: " + old, expired.Message, StringComparison.Ordinal);
        await api.DeleteAsync($"{ConfigMaps}/newer0");
        await UntilAsync(cache, "newer1", "newer2", "newer3", "newer4");

        await plane.ApiServer.KillAsync();
        await EtcdRestore.FromAsync(plane.Etcd, file, Token);
        plane.ApiServer.Start();
        await plane.WaitUntilServingAsync(Token);
        File.Delete(file);
        await UntilAsync(cache, "victim");
        await CreateAsync(api, "after");
        await UntilAsync(cache, "after", "victim");
    }

    private static async Task CreateAsync(RawApi api, string name) => await api.PostAsync(
        ConfigMaps, $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","labels":{"test":"watch"} } }""");

    private static Task UntilAsync(ResourceCache<AnyObject> cache, params string[] names) => LiveControlPlane.Eventually(
        () => Task.FromResult(cache.Items.Select(i => i.Metadata.Name).Order(StringComparer.Ordinal).SequenceEqual(names)), string.Join(", ", names));
}

public sealed class PracticeWatchTests() : LiveWatchTests(new PracticePlane());

public sealed class RealWatchTests() : LiveWatchTests(new RealPlane());
