using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

public sealed class GulpingStreamTests
{
    private const int SocketLevel = 1;
    private const int ReceiveLowWater = 18;

    [Fact]
    public async Task A_reader_waits_for_a_gulp_once_bytes_pour_in_and_takes_less_after_a_lull()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux can wait for a number of bytes.");
        var stop = TestContext.Current.CancellationToken;
        using var pair = await Pair.ConnectAsync(stop);
        var bytes = RandomNumberGenerator.GetBytes(GulpingStream.Pouring + 2);
        var received = new byte[bytes.Length];
        Assert.Equal(1, pair.LowWater);

        var pouring = pair.Sender.SendAsync(bytes.AsMemory(0, GulpingStream.Pouring), stop);
        await pair.Reader.ReadExactlyAsync(received.AsMemory(0, GulpingStream.Pouring), stop);
        await pouring;
        Assert.Equal(GulpingStream.Gulp, pair.LowWater);

        // Far less than a gulp, and nothing behind it: without an end to the wait this read would never return.
        var reading = pair.Reader.ReadExactlyAsync(received.AsMemory(GulpingStream.Pouring, 1), stop);
        await pair.Sender.SendAsync(bytes.AsMemory(GulpingStream.Pouring, 1), stop);
        await reading.AsTask().WaitAsync(TimeSpan.FromSeconds(30), stop);
        Assert.Equal(1, pair.LowWater);

        await pair.Sender.SendAsync(bytes.AsMemory(GulpingStream.Pouring + 1, 1), stop);
        await pair.Reader.ReadExactlyAsync(received.AsMemory(GulpingStream.Pouring + 1, 1), stop);
        Assert.Equal(bytes, received);
    }

    [Fact]
    public async Task A_sender_that_hangs_up_is_noticed_though_it_owes_a_gulp()
    {
        var stop = TestContext.Current.CancellationToken;
        using var pair = await Pair.ConnectAsync(stop);
        var received = new byte[GulpingStream.Pouring + 10];
        var sending = pair.Sender.SendAsync(received, stop);
        await pair.Reader.ReadExactlyAsync(received, stop);
        await sending;
        var reading = pair.Reader.ReadAsync(received, stop);
        pair.Sender.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await reading.AsTask().WaitAsync(TimeSpan.FromSeconds(30), stop));
    }

    private sealed class Pair(Socket sender, Socket receiver) : IDisposable
    {
        public Socket Sender { get; } = sender;

        public GulpingStream Reader { get; } = new(receiver);

        public int LowWater
        {
            get
            {
                Span<byte> value = stackalloc byte[sizeof(int)];
                receiver.GetRawSocketOption(SocketLevel, ReceiveLowWater, value);
                return BitConverter.ToInt32(value);
            }
        }

        public static async Task<Pair> ConnectAsync(CancellationToken cancellationToken)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var receiver = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await receiver.ConnectAsync(listener.LocalEndpoint, cancellationToken);
            return new Pair(await listener.AcceptSocketAsync(cancellationToken), receiver);
        }

        public void Dispose()
        {
            Sender.Dispose();
            Reader.Dispose();
        }
    }
}
