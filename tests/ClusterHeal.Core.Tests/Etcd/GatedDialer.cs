using System.Net.Sockets;
using ClusterHeal.Common;

namespace ClusterHeal.Tests.Etcd;

/// <summary>
/// Dials by TCP and does something when so many bytes have come: ends the server, spoils a byte. Small receive buffers keep the rest of
/// the stream on the server's side until then.
/// </summary>
internal sealed class GatedDialer(long gate, Func<byte[], Task> atGate)
{
    // So many bytes have more in them than heads of frames.
    private const int Enough = 1024;
    private int _passed;

    public async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 * 1024 };
        await socket.ConnectAsync(host, port, cancellationToken);
        return new GatedStream(this, new NetworkStream(socket, ownsSocket: true));
    }

    private sealed class GatedStream(GatedDialer owner, Stream inner) : DuplexStream
    {
        private long _read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _read += read;
            if (_read < owner.Gate || read < Enough || Interlocked.Exchange(ref owner._passed, 1) == 1) return read;
            var bytes = buffer[..read].ToArray();
            await owner.AtGate(bytes);
            bytes.CopyTo(buffer);
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private long Gate => gate;

    private Task AtGate(byte[] bytes) => atGate(bytes);
}
