using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>A channel as a stream. To close it ends the channel's input, or, with <see cref="OwnsChannel"/>, the channel.</summary>
/// <param name="channel">The channel.</param>
/// <param name="received">What the host sends, or null for a stream that is only written.</param>
internal sealed class SshChannelStream(SshChannel channel, ChannelBuffer? received) : DuplexStream
{
    /// <summary>True for the stream of a connection, whose user has nothing else of the channel.</summary>
    public bool OwnsChannel { get; init; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (received is null) throw new NotSupportedException("Only written.");
        var read = await received.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0) channel.Report(read);
        return read;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        channel.SendAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && OwnsChannel) channel.Kill();
        else if (disposing && received is null) channel.EndInput();
        base.Dispose(disposing);
    }
}
