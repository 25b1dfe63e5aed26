namespace ClusterHeal.Common;

/// <summary>A stream into memory that takes no more than it should.</summary>
/// <param name="limit">How many bytes it takes.</param>
internal sealed class BoundedMemory(int limit) : MemoryStream
{
    /// <inheritdoc/>
    /// <exception cref="IOException">That would be more than the limit.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > limit) throw new IOException($"It is larger than {limit >> 20} MiB.");
        base.Write(buffer, offset, count);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">That would be more than the limit.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var copy = buffer.ToArray();
        Write(copy, 0, copy.Length);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">That would be more than the limit.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">That would be more than the limit.</exception>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
