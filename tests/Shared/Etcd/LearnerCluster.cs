using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Etcd;

/// <summary>A voter and a learner, both real.</summary>
internal sealed class LearnerCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-learner-").FullName;
    private BoundProcess? _learner;

    private LearnerCluster(LocalEtcd voter, EtcdEndpoint learnerEndpoint) => (Voter, LearnerEndpoint) = (voter, learnerEndpoint);

    public LocalEtcd Voter { get; }

    public EtcdEndpoint LearnerEndpoint { get; }

    public static async Task<LearnerCluster> StartAsync(CancellationToken stop)
    {
        var voter = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        var ports = LoopbackPorts.Take(2);
        string client = $"http://127.0.0.1:{ports[0]}", peer = $"http://127.0.0.1:{ports[1]}";
        var cluster = new LearnerCluster(voter, EtcdEndpoint.Parse(client));
        (await voter.EtcdCtlAsync(stop, "member", "add", "learner", "--learner", $"--peer-urls={peer}")).Expect();
        cluster._learner = BoundProcess.Start(Path.Combine(cluster._folder, "log"), voter.Programs.Server,
        [
            "--name=learner", $"--data-dir={cluster._folder}/data", $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}",
            $"--initial-cluster=learner={peer},{voter.Members[0].Name}={voter.Members[0].PeerUrl}", "--initial-cluster-state=existing",
        ]);
        await cluster.WaitAsync(stop);
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        if (_learner is not null) await _learner.KillAsync();
        await Voter.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        var connection = await TestConnection.ToAsync(Voter, stop);
        using var learner = connection.Open(LearnerEndpoint);
        for (var left = 600; ; left--)
        {
            try
            {
                if ((await learner.StatusAsync(stop)).Leader != 0) return;
            }
            catch (EtcdException) when (left > 0)
            {
                // Not up yet.
            }

            Assert.True(left > 0, "The learner does not come up.");
            await Task.Delay(100, stop);
        }
    }
}
