using System.Security.Cryptography;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Operations;
using ClusterHeal.Tests.Etcd.Snapshots;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>Which of the files in a folder are backups of this cluster.</summary>
public sealed class BackupSurveyTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_snapshot_with_a_date_in_the_future_says_nothing_about_its_age()
    {
        Add("old.db", "c1", Now.AddDays(-9));
        Add("future.db", "c1", Now.AddDays(1));
        var facts = BackupSurvey.Run(_folder.Path, "c1", Now);
        Assert.Equal(("old.db", Now.AddDays(-9), 1), (facts.Newest, facts.SavedAt, facts.FromTheFuture));
    }

    [Fact]
    public void A_file_that_is_no_longer_what_was_proven_is_no_backup()
    {
        var path = Add("a.db", "c1", Now.AddHours(-1));
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Null(BackupSurvey.Run(_folder.Path, "c1", Now).Newest);
    }

    [Fact]
    public void Snapshots_of_the_cluster_that_was_restored_count()
    {
        Add("before.db", "c1", Now.AddHours(-1));
        Assert.Equal((null, 1), Seen(BackupSurvey.Run(_folder.Path, "c2", Now)));
        new ClusterLineage
        {
            Schema = ClusterLineage.CurrentSchema, ClusterId = "c2", PredecessorId = "c1", OperationId = "op", RestoredAt = Now,
        }.WriteTo(_folder.Path);
        Assert.Equal(("before.db", 0), Seen(BackupSurvey.Run(_folder.Path, "c2", Now)));
    }

    [Fact]
    public void Where_the_cluster_is_not_known_those_of_several_clusters_prove_nothing()
    {
        Add("a.db", "c1", Now.AddHours(-1));
        Assert.Equal("a.db", BackupSurvey.Run(_folder.Path, null, Now).Newest);
        Add("b.db", "c2", Now.AddHours(-1));
        var facts = BackupSurvey.Run(_folder.Path, null, Now);
        Assert.Equal((null, true), (facts.Newest, facts.WhoseIsUnknown));
    }

    private static (string?, int) Seen(BackupFacts facts) => (facts.Newest, facts.OtherClusters);

    private string Add(string name, string clusterId, DateTimeOffset savedAt)
    {
        var path = _folder.File(name);
        var data = new byte[64];
        byte[] bytes = [.. data, .. SHA256.HashData(data)];
        File.WriteAllBytes(path, bytes);
        TestManifest.Write(path, TestManifest.New with
        {
            File = name, Size = bytes.Length, Sha256 = Convert.ToHexString(bytes[^32..]).ToLowerInvariant(), SavedAt = savedAt, ClusterId = clusterId,
        });
        return path;
    }
}
