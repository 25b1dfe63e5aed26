using System.Net;
using System.Net.Sockets;
using ClusterHeal.Etcd;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Tests.Etcd;

/// <summary>What answers is not etcd, or breaks the protocol: the error says how, and no call is sent twice.</summary>
public sealed class GrpcAnswersTests
{
    private static readonly byte[] OneMessage = [0, 0, 0, 0, 0];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_kind_of_server_is_named_by_what_it_answers()
    {
        var error = await FaultOfAsync(async context =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<p>nothing here</p>", Stop);
        });
        Assert.Contains("answered Maintenance/Status with HTTP status 404 and content of type 'text/html' instead of gRPC", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, "cannot be read")]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0xff }, "cannot be read")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "cannot be read")]
    [InlineData(new byte[] { 7, 0, 0, 0, 0 }, "cannot be read")]
    [InlineData(new byte[] { 0, 4, 0, 0, 1 }, "exceeds the maximum")]
    [InlineData(new byte[0], "deserialize")]
    public async Task A_broken_answer_is_told_as_what_it_is(byte[] body, string expected)
    {
        var error = await FaultOfAsync(context => AnswerAsync(context, body, "0"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_a_status_is_not_taken_for_a_whole_one()
    {
        var error = await FaultOfAsync(context => AnswerAsync(context, OneMessage, status: null));
        Assert.Contains("No grpc-status", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_is_dialled_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialled = 0;
        var serving = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var socket = await listener.AcceptSocketAsync(Stop);
                    dialled++;
                }
            },
            Stop);
        using var client = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(listener.LocalEndpoint.ToString()!) }.OpenFirst();
        await Assert.ThrowsAsync<EtcdException>(() => client.StatusAsync(Stop));
        listener.Stop();
        await serving.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(1, dialled);
    }

    private static async Task AnswerAsync(HttpContext context, byte[] body, string? status)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.StartAsync(Stop);
        await context.Response.Body.WriteAsync(body, Stop);
        if (status is not null) context.Response.AppendTrailer("grpc-status", status);
    }

    private static async Task<EtcdException> FaultOfAsync(RequestDelegate answer)
    {
        await using var server = await GrpcServer.StartAsync(answer, Stop);
        using var client = server.Connection.OpenFirst();
        var error = await Assert.ThrowsAsync<EtcdException>(() => client.StatusAsync(Stop));
        Assert.Equal(ErrorIds.EtcdProtocol, error.ErrorId);
        return error;
    }
}
