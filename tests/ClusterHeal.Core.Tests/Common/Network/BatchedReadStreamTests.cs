using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

public sealed class BatchedReadStreamTests
{
    private const int SocketLevel = 1;
    private const int ReceiveLowWater = 18;

    [Fact]
    public async Task A_reader_waits_for_a_batch_while_bytes_come_fast_until_there_is_a_pause()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux can wait for a number of bytes.");
        var stop = TestContext.Current.CancellationToken;
        using var pair = await Pair.ConnectAsync(stop);
        Assert.Equal(1, pair.LowWater);
        await pair.PourAsync(stop);
        Assert.Equal(BatchedReadStream.BatchSize, pair.LowWater);

        var reading = pair.Reader.ReadExactlyAsync(new byte[1], stop).AsTask();
        for (var i = 0; i < 300 && pair.LowWater > 1; i++) await Task.Delay(100, stop);
        Assert.Equal(1, pair.LowWater);
        Assert.False(reading.IsCompleted);
        await pair.Sender.SendAsync(new byte[1], stop);
        await reading;
    }

    [Fact]
    public async Task What_comes_as_the_last_is_read_though_it_is_less_than_a_batch()
    {
        var stop = TestContext.Current.CancellationToken;
        using var pair = await Pair.ConnectAsync(stop);
        await pair.PourAsync(stop);
        var reading = pair.Reader.ReadExactlyAsync(new byte[1000], stop).AsTask();
        await pair.Sender.SendAsync(new byte[1000], stop);
        await reading.WaitAsync(TimeSpan.FromSeconds(30), stop);
    }

    [Fact]
    public async Task A_sender_that_hangs_up_is_noticed_though_it_owes_a_batch()
    {
        var stop = TestContext.Current.CancellationToken;
        using var pair = await Pair.ConnectAsync(stop);
        await pair.PourAsync(stop);
        var reading = pair.Reader.ReadAsync(new byte[1], stop);
        pair.Sender.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await reading.AsTask().WaitAsync(TimeSpan.FromSeconds(30), stop));
    }

    private sealed class Pair(Socket sender, Socket receiver) : IDisposable
    {
        public Socket Sender { get; } = sender;

        public BatchedReadStream Reader { get; } = new(receiver);

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

        /// <summary>Sends enough to be worth batches, and reads all of it.</summary>
        public async Task PourAsync(CancellationToken cancellationToken)
        {
            var bytes = RandomNumberGenerator.GetBytes(BatchedReadStream.FastAfter);
            var received = new byte[bytes.Length];
            var sending = Sender.SendAsync(bytes, cancellationToken);
            await Reader.ReadExactlyAsync(received, cancellationToken);
            await sending;
            Assert.Equal(bytes, received);
        }

        public void Dispose()
        {
            Sender.Dispose();
            Reader.Dispose();
        }
    }
}
