using System.Globalization;
using System.Security;
using System.Security.Cryptography;

namespace ClusterHeal.Hosts;

/// <summary>One run of one script, from its start to the exit code.</summary>
internal sealed class ScriptSession : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GraceOfTheUnfinished = TimeSpan.FromMilliseconds(200);
    private readonly IScriptChannel _channel;
    private readonly ScriptText _text;
    private readonly ErrorStream _errors;
    private readonly SecureString? _password;
    private volatile bool _passwordRefused;

    private ScriptSession(IScriptChannel channel, ScriptText text, SecureString? password)
    {
        _channel = channel;
        _text = text;
        _password = password;
        Output = new MarkedReader(channel.Output);
        _errors = new ErrorStream(channel.Errors, password is null ? null : text.Prompt, AnswerPrompt);
    }

    /// <summary>The script's output, followed by the mark of its end.</summary>
    public MarkedReader Output { get; }

    /// <summary>The number of the shell's process on the host.</summary>
    public string? ShellId { get; private set; }

    /// <summary>True if the process or channel that ran the script has ended, as far as is known here.</summary>
    public bool HasEnded => _channel.Ended.IsCompleted;

    /// <summary>How it ended. Ask only after <see cref="EndAsync()"/>.</summary>
    public CommandEnd End => _channel.End;

    /// <summary>What was printed to standard error: by the script alone, or, if it did not start, by ssh and sudo.</summary>
    public string Errors
    {
        get
        {
            var all = _errors.Text;
            var ready = all.IndexOf(_text.ReadyOnErrors, StringComparison.Ordinal);
            return ready < 0 ? all : all[(ready + _text.ReadyOnErrors.Length)..];
        }
    }

    /// <summary>Waits until the host's shell is ready, and sends the script.</summary>
    /// <param name="channel">The channel to the shell. From now on the session owns it.</param>
    /// <param name="connection">The host, for messages and the password of sudo.</param>
    /// <param name="text">The script.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HostShellException">The shell did not become ready. Nothing was run.</exception>
    public static async Task<ScriptSession> StartAsync(
        IScriptChannel channel, HostConnection connection, ScriptText text, CancellationToken cancellationToken)
    {
        var session = new ScriptSession(channel, text, connection.Sudo ? connection.SudoPassword : null);
        try
        {
            var isReady = await session.Output.SkipPastAsync(text.Ready, cancellationToken).ConfigureAwait(false);
            session.ShellId = isReady ? await session.Output.ReadLineAsync(cancellationToken).ConfigureAwait(false) : null;
            if (session.ShellId is null)
            {
                await session.EndAsync().ConfigureAwait(false);
                throw session._passwordRefused
                    ? PasswordRefused(connection)
                    : SshFault.BeforeStart(connection, session.Errors, session.Output.Skipped, session.End);
            }

            // If the connection broke at this very moment, the missing end of the output says so.
            await session.SendAsync(text.Text, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends bytes to standard input; false if nobody reads it any more.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _channel.Input.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await _channel.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Takes the output up to the mark of its end. Null if the connection broke before that; see <see cref="MarkedReader.ReadToAsync"/>.</summary>
    public Task<(byte[]? Content, bool WithinLimit)> ReadOutputAsync(int limit, CancellationToken cancellationToken)
    {
        _channel.Input.Close();
        return Output.ReadToAsync(_text.End, limit, cancellationToken);
    }

    /// <summary>The exit code after the mark of the end. Null if the connection broke before that.</summary>
    public async Task<int?> ReadExitCodeAsync(CancellationToken cancellationToken)
    {
        var line = await Output.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
        return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var exitCode) ? exitCode : null;
    }

    /// <summary>Waits a moment for it to end by itself, and then ends it.</summary>
    public Task EndAsync() => EndAsync(Grace);

    /// <summary>Ends it on this side. A script that still reads sees the end of its input first, so that it can clean up.</summary>
    public async ValueTask DisposeAsync()
    {
        _channel.Input.Close();
        await EndAsync(GraceOfTheUnfinished).ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync(TimeSpan grace)
    {
        try
        {
            await Task.WhenAll(_channel.Ended, _errors.Ended).WaitAsync(grace).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It hangs, or something that the script started holds the connection open.
            _channel.Kill();
            await _channel.Ended.ConfigureAwait(false);
        }
    }

    private static HostShellException PasswordRefused(HostConnection connection) => new(
        ErrorIds.SudoPasswordWrong,
        FaultCategory.Authentication,
        $"{connection}: its sudo did not accept the password. Nothing was run there.",
        connection.HostName,
        "Give the password of the user who logs in; a wrong one more may lock the account.");

    private void AnswerPrompt(int time)
    {
        if (time > 1)
        {
            // sudo would use whatever comes next for a second and a third try.
            _passwordRefused = true;
            _channel.Kill();
            return;
        }

        var secret = SecretBytes.Of(_password!);
        try
        {
            _channel.Input.Write(secret);
            _channel.Input.Flush();
        }
        catch (IOException)
        {
            // sudo is gone. Its exit code will be reported.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
