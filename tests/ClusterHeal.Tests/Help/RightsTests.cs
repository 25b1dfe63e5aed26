namespace ClusterHeal.Tests.Help;

/// <summary>about_ClusterHeal_Rights says of every cmdlet that talks to an API server what rights it needs.</summary>
public sealed class RightsTests
{
    [Fact]
    public void Every_cmdlet_that_takes_a_kubeconfig_has_its_rights()
    {
        var rows = File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "en-US", "about_ClusterHeal_Rights.md"))
            .Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1]).ToArray();
        var talking = CompiledCmdlets.All.Where(command => command.Parameters.Any(parameter => parameter.Name == "Kubeconfig")).ToArray();

        Assert.True(talking.Length > 10);
        Assert.All(talking, command => Assert.Contains(rows, row => row.Contains(command.Name, StringComparison.Ordinal)));
    }
}
