using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>What tests of restored objects share: the API as it is, a client, a folder, and snapshots of the control plane's etcd.</summary>
public abstract class LiveRestoreTests(LiveControlPlane plane) : IAsyncLifetime
{
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected LiveControlPlane Plane => plane;

    private protected TempFolder Folder { get; } = new();

    private protected RawApi Api { get; private set; } = null!;

    private protected KubernetesClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        plane.Require();
        Api = plane.Api();
        Client = await plane.ConnectAsync();
    }

    public ValueTask DisposeAsync()
    {
        Api?.Dispose();
        Client?.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected static (string Key, string Value) Stored(string key, string value) => ($"/registry/{key}", value);

    private protected async Task<string> SaveAsync()
    {
        var path = Folder.File($"{Guid.NewGuid():n}.db");
        (await plane.Plane.Etcd.EtcdCtlAsync(Stop, "snapshot", "save", path)).Expect();
        return path;
    }
}
