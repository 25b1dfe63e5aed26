namespace ClusterHeal.Kubernetes;

/// <summary>Splits a stream into lines while it arrives.</summary>
/// <param name="stream">The stream.</param>
/// <param name="longest">A longer line is an error, so that a server cannot fill our memory.</param>
internal sealed class LineReader(Stream stream, int longest)
{
    private byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>The next line without its end, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = _buffer.AsMemory(_start, _searched + length - _start);
                _start = _searched = _searched + length + 1;
                return line;
            }

            _searched = _end;
            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            // A last line without an end was cut off. It does not count.
            if (read == 0) return null;
            _end += read;
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length) return;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _searched, _start) = (_end - _start, _searched - _start, 0);
            return;
        }

        if (_buffer.Length >= longest) throw new InvalidDataException($"A line has more than {longest} bytes.");
        Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, longest));
    }
}
