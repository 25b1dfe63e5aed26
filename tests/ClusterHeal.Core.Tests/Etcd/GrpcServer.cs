using System.Net;
using ClusterHeal.Etcd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClusterHeal.Tests.Etcd;

/// <summary>A server of HTTP/2 in plain text that answers each call as a test says: what no etcd does, and what may stand in its place.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcServer(WebApplication app) => _app = app;

    public EtcdConnection Connection => new() { Endpoints = EtcdEndpoint.ParseMany(new Uri(_app.Urls.Single()).Authority) };

    public static async Task<GrpcServer> StartAsync(RequestDelegate answer, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(stop);
        return new GrpcServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
