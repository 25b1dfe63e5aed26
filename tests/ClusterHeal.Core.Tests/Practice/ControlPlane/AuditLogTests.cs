using System.Text.Json.Nodes;
using ClusterHeal.Practice.Clusters;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>The file of the flag <c>--audit-log-path</c>, from which requests are counted.</summary>
public sealed class AuditLogTests
{
    [Fact]
    public async Task Every_request_is_noted_once_with_who_asked_for_what()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "audit.log");
        var options = new LocalControlPlaneOptions { Controllers = false, Nodes = [], ApiServerArguments = [$"--audit-log-path={file}"] };
        await using var plane = await LocalControlPlane.StartAsync(options, TestContext.Current.CancellationToken);
        using var api = new ApiProbe(plane, plane.WriteKubeconfig("auditor", null));
        Assert.Equal(200, (await api.SendAsync("GET", "/version")).Code);
        Assert.Equal(403, (await api.SendAsync("GET", "/api/v1/pods?limit=1")).Code);
        var noted = File.ReadLines(file).Select(line => JsonNode.Parse(line)!).Where(e => (string?)e["user"]!["username"] == "auditor");
        string[] expected = ["get /version", "list /api/v1/pods?limit=1"];
        Assert.Equal(expected, noted.Select(e => $"{e["verb"]} {e["requestURI"]}"));
    }
}
