using ClusterHeal.Operations;
using ClusterHeal.Tests.Kubernetes;

namespace ClusterHeal.Tests.Operations.Health;

public sealed class ApiServerSurveyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>As OpenShift's server does, whose <c>/readyz</c> leaves etcd out.</summary>
    [Fact]
    public async Task A_server_that_calls_itself_ready_without_its_etcd_is_not_believed()
    {
        await using var api = new ScriptedApi(request => request.RawUrl!.StartsWith("/readyz", StringComparison.Ordinal)
            ? ScriptedAnswer.Recorded("readyz-verbose")
            : new ScriptedAnswer(500, "[+]ping ok\n[-]etcd failed: reason withheld\nlivez check failed\n"));
        using var client = api.Connect();
        var facts = WellCluster.Facts with { ApiServers = [await new ApiServerSurvey(client).AskOwnAsync(Stop)] };
        var finding = ApiServerChecks.All.Single().Judge(facts).Single(f => f.Target == api.Server);
        Assert.Equal(CheckStatus.Fail, finding.Status);
        Assert.Contains("lost its etcd", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_checks_all_pass_is_ready()
    {
        await using var api = new ScriptedApi(request => ScriptedAnswer.Recorded(request.RawUrl!.TrimStart('/').Replace('?', '-')));
        using var client = api.Connect();
        var facts = await new ApiServerSurvey(client).AskOwnAsync(Stop);
        Assert.Equal(200, facts.StatusCode);
        Assert.Contains("etcd", facts.Passed);
        Assert.Equal(["GET /readyz?verbose", "GET /livez?verbose"], api.Requests);
    }
}
