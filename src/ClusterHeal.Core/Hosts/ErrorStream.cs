using System.Text;

namespace ClusterHeal.Hosts;

/// <summary>
/// Reads the whole standard error of a process, whatever its length, so that the process never has to wait. It keeps the first 64 KiB, and notices
/// when sudo asks for a password.
/// </summary>
internal sealed class ErrorStream
{
    private const int Kept = 64 << 10;
    private readonly StringBuilder _text = new();
    private readonly string? _prompt;
    private readonly Action<int>? _onPrompt;
    private int _prompts;

    /// <summary>Starts reading.</summary>
    /// <param name="stream">Standard error.</param>
    /// <param name="prompt">The prompt to look for, or null.</param>
    /// <param name="onPrompt">Called with 1 when they come, with 2 when they come again.</param>
    public ErrorStream(Stream stream, string? prompt = null, Action<int>? onPrompt = null)
    {
        _prompt = prompt;
        _onPrompt = onPrompt;
        Ended = ReadAsync(stream);
    }

    /// <summary>Done when the stream ended.</summary>
    public Task Ended { get; }

    /// <summary>What came so far, without the prompts.</summary>
    public string Text
    {
        get
        {
            lock (_text) return _prompt is null ? _text.ToString() : _text.ToString().Replace(_prompt, "", StringComparison.Ordinal);
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0) Take(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process was ended from this side, so nothing more comes.
        }
    }

    private void Take(string piece)
    {
        var seen = 0;
        lock (_text)
        {
            if (_text.Length < Kept) _text.Append(piece);
            if (_prompt is not null) seen = _text.ToString().Split(_prompt).Length - 1;
        }

        while (_prompts < seen) _onPrompt!(++_prompts);
    }
}
