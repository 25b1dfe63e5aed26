using System.Text;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Configuration;

namespace ClusterHeal.Tests.Etcd;

public sealed class EtcdProcessTests
{
    [Fact]
    public void What_a_host_tells_is_read_with_paths_of_the_host()
    {
        var text = $"stale\nprocess 12\nfolder /srv/jail/work\nroot /srv/jail\ncommand {Words("/usr/bin/etcd", "--name", "a b", "")}\nenvironment {Words("ETCD_X=1\n2", "ETCD_Y=")}\n";
        var process = EtcdProcess.Parse(text, "etcd.service");
        Assert.Equal("12", process.Id);
        Assert.Equal(["--name", "a b", ""], process.Arguments);
        Assert.Equal(("1\n2", ""), (process.Environment["ETCD_X"], process.Environment["ETCD_Y"]));
        Assert.Equal(("/srv/jail/d", "/srv/jail/work/d"), (process.HostPath("/d"), process.HostPath("d")));
        Assert.Contains("daemon-reload", Assert.Single(process.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("hidden\n", 1)]
    public void Where_none_runs_or_may_be_looked_at_there_is_none(string text, int notes)
    {
        var process = EtcdProcess.Parse(text, "etcd.service");
        Assert.Null(process.Id);
        Assert.Equal(notes, process.Notes.Count);
    }

    [Fact]
    public async Task A_member_that_runs_otherwise_than_its_files_say_is_told_with_both()
    {
        var file = await ReadAsync("ETCD_NAME=a\nETCD_DATA_DIR=/d/\nETCD_INITIAL_CLUSTER_STATE=new");
        Assert.Empty(EtcdDifference.Between(file, await ReadAsync("ETCD_NAME=a\nETCD_DATA_DIR=/d\nETCD_INITIAL_CLUSTER_STATE=existing")));
        var differences = EtcdDifference.Between(file, await ReadAsync("ETCD_NAME=a\nETCD_DATA_DIR=/other\nETCD_WAL_DIR=/w"));
        Assert.Equal(["The data folder: '/d' in /f, '/other' in the etcd that runs.", "The WAL folder: none in /f, '/w' in the etcd that runs."], differences);
    }

    private static Task<EtcdConfiguration> ReadAsync(string text) => EtcdConfigurationReader.Local.ParseAsync("/f", text, TestContext.Current.CancellationToken);

    private static string Words(params string[] words) => Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(words.Select(word => word + "\0"))));
}
