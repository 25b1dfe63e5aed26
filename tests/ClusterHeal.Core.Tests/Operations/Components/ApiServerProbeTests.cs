using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>Whether an API server lives is what it answers, by whatever certificate it serves; that its process runs is not enough.</summary>
public sealed class ApiServerProbeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_named_certificate_a_server_is_asked_all_the_same()
    {
        using var nobody = new ClosedPort();
        var port = int.Parse(nobody.Endpoint.Split(':')[1], CultureInfo.InvariantCulture);
        await using var shell = HostShell.OpenLocal(new HostConnection { HostName = "m0" });

        Assert.False(await new ApiServerProbe(shell, Server(port)).IsLiveAsync(Stop));
        Assert.Null(await new ApiServerProbe(shell, Server(port)).AskReadyAsync(Stop));
    }

    private static ComponentStatus Server(int port) => new()
    {
        HostName = "m0", Component = ClusterComponent.ApiServer, State = ComponentState.Running, Port = port, CommandLine = ["kube-apiserver"],
    };
}
