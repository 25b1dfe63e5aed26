using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Restores;

public sealed class TemporaryDatabaseTests
{
    [Fact]
    public async Task The_new_database_has_no_name_that_could_outlive_its_process()
    {
        using var database = new TemporaryDatabase();
        await database.WriteAsync(async output =>
        {
            await output.WriteAsync("every Secret"u8.ToArray());
            return new RestoredDatabase(12, 1, 1, null, []);
        });

        using var reader = new StreamReader(database.OpenRead());
        Assert.Equal("every Secret", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(Path.GetTempPath(), "clusterheal-restore-*"),
            folder => File.Exists(Path.Combine(folder, "db")) && File.ReadAllText(Path.Combine(folder, "db")) == "every Secret");
    }
}
