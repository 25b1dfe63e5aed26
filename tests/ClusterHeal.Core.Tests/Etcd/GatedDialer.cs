using System.Net.Sockets;

namespace ClusterHeal.Tests.Etcd;

/// <summary>
/// Dials by TCP and does something when so many bytes have come: ends the server, spoils a byte. Small receive buffers keep the rest of
/// the stream on the server's side until then.
/// </summary>
internal sealed class GatedDialer(long gate, Func<byte[], Task> atGate)
{
    private int _passed;

    public async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 * 1024 };
        await socket.ConnectAsync(host, port, cancellationToken);
        return new GatedStream(this, new NetworkStream(socket, ownsSocket: true));
    }

    private sealed class GatedStream(GatedDialer owner, Stream inner) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _read += read;
            if (_read < owner.Gate || Interlocked.Exchange(ref owner._passed, 1) == 1) return read;
            var bytes = buffer[..read].ToArray();
            await owner.AtGate(bytes);
            bytes.CopyTo(buffer);
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private long Gate => gate;

    private Task AtGate(byte[] bytes) => atGate(bytes);
}
