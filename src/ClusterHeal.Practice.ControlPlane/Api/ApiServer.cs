using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>The practice API server: a program that answers as kube-apiserver does and keeps its objects in etcd.</summary>
internal static class ApiServer
{
    private static readonly TimeSpan EtcdStartPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    /// <summary>Runs until it is told to stop.</summary>
    public static async Task<int> RunAsync(ApiServerOptions options, CancellationToken stop)
    {
        using var tls = options.EtcdCaFile is null && options.EtcdCertFile is null
            ? null
            : await TlsMaterial.ReadAsync(options.EtcdCaFile, options.EtcdCertFile, options.EtcdKeyFile, stop);
        using var store = new EtcdStore(new EtcdConnection
        {
            Endpoints = [.. options.EtcdServers.Select(EtcdEndpoint.Parse)], Tls = tls, CallTimeout = TimeSpan.FromSeconds(5),
        });
        using var audit = options.AuditLogPath is { } file ? new AuditLog(file) : null;
        var cache = new WatchCache(store, TimeProvider.System);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(EtcdStartPatience);
            await cache.LoadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Log.Write("\"command failed\" err=\"context deadline exceeded\"");
            return 1;
        }

        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var app = Build(options, store, cache, audit, work.Token, out var objects);
        await app.StartAsync(stop);
        Log.Write($"Serving securely on {options.BindAddress}:{options.SecurePort}");
        Task[] background =
        [
            cache.FollowAsync(work.Token), BootstrapAsync(objects, new ServiceAddresses(options.ServiceRange, 0, 0), work.Token),
                CompactAsync(store, options, work.Token),
        ];
        try
        {
            // Each of them ends only by a failure, and that ends the server.
            await await Task.WhenAny([background[0], background[2], Task.WhenAll(background)]);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.Write("Shutting down.");
        }
        finally
        {
            await work.CancelAsync();
            using var patience = new CancellationTokenSource(StopPatience);
            await app.StopAsync(patience.Token);
        }
        return 0;
    }

    private static WebApplication Build(
        ApiServerOptions options, EtcdStore store, WatchCache cache, AuditLog? audit, CancellationToken stopping, out ObjectService objects)
    {
        var time = TimeProvider.System;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(options.ClientCaFile);
        var tokens = options.TokenAuthFile is { } file ? Authentication.ReadTokens(File.ReadAllText(file)) : [];
        var defaults = new Defaults(options.NotReadyTolerationSeconds, options.UnreachableTolerationSeconds);
        var addresses = new ServiceAddresses(options.ServiceRange, options.NodePorts.First, options.NodePorts.Last);
        objects = new ObjectService(store, cache, defaults, addresses, time);
        var deletions = new DeletionService(store, time);
        var handler = new ApiHandler(
            new Authentication(authorities, tokens, time), store, cache, objects, deletions,
            new EvictionService(store, cache, objects, deletions, time), new ListHandler(store, cache, time),
            new WatchHandler(cache, options.BookmarkInterval, time), audit, options, stopping);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 3 * 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(options.BindAddress, options.SecurePort, listen => Secure(listen, options));
        });
        var app = builder.Build();
        app.Run(handler.HandleAsync);
        return app;
    }

    private static void Secure(ListenOptions listen, ApiServerOptions options)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => connection => RefusePlainTextAsync(connection, next));
        var certificate = X509Certificate2.CreateFromPemFile(options.TlsCertFile, options.TlsKeyFile);
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // An unknown certificate is not a failure of TLS: the request is answered with 401.
            https.ClientCertificateValidation = (_, _, _) => true;
            https.CheckCertificateRevocation = false;
        });
    }

    /// <summary>Tells clients of plain HTTP that this port does not speak it. A TLS connection starts with the byte 0x16.</summary>
    private static async Task RefusePlainTextAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var start = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        var isTls = start.Buffer.IsEmpty || start.Buffer.FirstSpan[0] == 0x16;
        connection.Transport.Input.AdvanceTo(start.Buffer.Start);
        if (isTls)
        {
            await next(connection);
            return;
        }
        connection.Transport.Output.Write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8);
        await connection.Transport.Output.FlushAsync(connection.ConnectionClosed);
    }

    /// <summary>Makes the namespaces and the service that every cluster has.</summary>
    private static async Task BootstrapAsync(ObjectService objects, ServiceAddresses addresses, CancellationToken cancellationToken)
    {
        foreach (var name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
        {
            await EnsureAsync(ResourceKinds.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }
        await EnsureAsync(ResourceKinds.Services, "default", new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "kubernetes",
                ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" },
            },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = addresses.First,
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["targetPort"] = 6443 }),
            },
        });

        async Task EnsureAsync(ResourceKind kind, string? ns, JsonObject o)
        {
            try
            {
                await objects.CreateAsync(kind, ns, o, dryRun: false, cancellationToken);
            }
            catch (ApiFault fault) when (fault.Reason == "AlreadyExists")
            {
                return; // As after every start but the first.
            }
        }
    }

    /// <summary>Compacts etcd as the real server does: what is older than one interval.</summary>
    private static async Task CompactAsync(EtcdStore store, ApiServerOptions options, CancellationToken cancellationToken)
    {
        long old = 0;
        while (true)
        {
            await Task.Delay(options.EtcdCompactionInterval, cancellationToken);
            if (old > 0) await store.CompactAsync(old, cancellationToken);
            old = await store.RevisionAsync(cancellationToken);
        }
    }

    /// <summary>The program itself handles the signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
