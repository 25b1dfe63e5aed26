using ClusterHeal.Etcd;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Operations.Upkeep;

/// <summary>An operator's process that is killed while it clears an alarm: this test program again, running the one test below.</summary>
public sealed class AlarmOperator
{
    private const string Folder = "CLUSTERHEAL_TEST_FOLDER", Endpoints = "CLUSTERHEAL_TEST_ENDPOINTS", LastStep = "CLUSTERHEAL_TEST_STEP";

    internal static Task<ToolResult> StartAsync(UpkeepLab lab, string lastStep, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string?>
        {
            [Folder] = lab.JournalFolder, [Endpoints] = string.Join(',', lab.Etcd.Endpoints), [LastStep] = lastStep,
        };
        string[] arguments = [typeof(AlarmOperator).Assembly.Location, "-explicit", "only", "-class", typeof(AlarmOperator).FullName!];
        return Tool.RunAsync("dotnet", arguments, cancellationToken, environment);
    }

    [Fact(Explicit = true)]
    public async Task Clears_until_it_is_killed()
    {
        var connection = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(Environment.GetEnvironmentVariable(Endpoints)!) };
        var clearance = new AlarmClearance(connection, UpkeepLab.Request(), Environment.GetEnvironmentVariable(Folder)!, TimeProvider.System);
        await clearance.RunAsync(new DyingSink("Clearing the alarms of etcd of practice", Environment.GetEnvironmentVariable(LastStep)!), CancellationToken.None);
    }
}
