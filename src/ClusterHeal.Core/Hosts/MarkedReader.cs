using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Hosts;

/// <summary>Reads what a remote shell prints. Marks that nobody can guess separate our script's output from everything else.</summary>
internal sealed class MarkedReader(Stream stream)
{
    private const int ReadSize = 64 << 10;
    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _end;

    /// <summary>The last part of what was skipped, for the error message if the mark never came.</summary>
    public string Skipped { get; private set; } = "";

    /// <summary>Skips everything up to a mark, and the mark. False if the stream ended without it.</summary>
    public async Task<bool> SkipPastAsync(ReadOnlyMemory<byte> mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf(mark.Span);
            if (found >= 0)
            {
                _start += found + mark.Length;
                return true;
            }

            Skipped = Encoding.UTF8.GetString(_buffer.AsSpan(Math.Max(_start, _end - 500), Math.Min(_end - _start, 500)));
            _start = Math.Max(_start, _end - mark.Length);
            if (!await FillAsync(cancellationToken).ConfigureAwait(false)) return false;
        }
    }

    /// <summary>
    /// Takes everything up to a mark, and drops the mark. Null if the stream ended without it. The second value is false if more than
    /// <paramref name="limit"/> bytes came.
    /// </summary>
    public async Task<(byte[]? Content, bool WithinLimit)> ReadToAsync(ReadOnlyMemory<byte> mark, int limit, CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var length = _end - _start;
            var found = _buffer.AsSpan(_start + searched, length - searched).IndexOf(mark.Span);
            if (found >= 0)
            {
                var content = _buffer.AsSpan(_start, searched + found).ToArray();
                _start += searched + found + mark.Length;
                return (content, content.Length <= limit);
            }

            if (length - mark.Length > limit) return (null, false);
            searched = Math.Max(0, length - mark.Length);
            if (!await FillAsync(cancellationToken).ConfigureAwait(false)) return (null, true);
        }
    }

    /// <summary>Reads a line of at most 1000 bytes, without its end. Null if there is none.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var (line, withinLimit) = await ReadToAsync("\n"u8.ToArray(), 1000, cancellationToken).ConfigureAwait(false);
        return line is null || !withinLimit ? null : Encoding.UTF8.GetString(line);
    }

    /// <summary>Copies a number of bytes, or fewer if the stream ends before that, adds them to a hash, and returns how many.</summary>
    public async Task<long> CopyAsync(Stream destination, long count, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var copied = 0L;
        while (copied < count)
        {
            if (_start == _end && !await FillAsync(cancellationToken).ConfigureAwait(false)) break;
            var take = (int)Math.Min(count - copied, _end - _start);
            hash.AppendData(_buffer, _start, take);
            await destination.WriteAsync(_buffer.AsMemory(_start, take), cancellationToken).ConfigureAwait(false);
            _start += take;
            copied += take;
        }

        return copied;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
