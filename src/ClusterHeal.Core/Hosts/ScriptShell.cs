using System.Globalization;
using System.Security.Cryptography;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>The common part of all shells: a channel to the login shell of a host, and the protocol of <see cref="ScriptText"/>.</summary>
internal abstract class ScriptShell(HostConnection connection, TimeProvider time) : IHostShell
{
    private const int BlockSize = 1 << 20;
    private const int MostScripts = 8;
    private static readonly TimeSpan TransferTimeout = TimeSpan.FromHours(6);

    // A user who presses Ctrl+C has the prompt back within a second.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMilliseconds(800);
    private readonly SudoPassword _sudo = new(connection);

    // sshd allows ten sessions in a connection (MaxSessions). Two are kept free to end cancelled scripts.
    private readonly SemaphoreSlim _slots = new(MostScripts, MostScripts);

    /// <inheritdoc/>
    public string HostName => Connection.HostName;

    /// <summary>The host and how to log in.</summary>
    protected HostConnection Connection { get; } = connection;

    /// <summary>The clock of all deadlines.</summary>
    protected TimeProvider Time { get; } = time;

    /// <inheritdoc/>
    public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) =>
        WithinAsync(script, script.Timeout, async (session, deadline) =>
        {
            var (output, withinLimit) = await session.ReadOutputAsync(script.OutputLimit, deadline).ConfigureAwait(false);
            if (!withinLimit) throw TooMuch(script);
            var exitCode = output is null ? null : await session.ReadExitCodeAsync(deadline).ConfigureAwait(false);
            return exitCode is { } code ? new ScriptResult(code, output!, session.Errors) : throw await LostAsync(session, script).ConfigureAwait(false);
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        var script = new HostScript(HostScript.Text("read-file"), path) { Purpose = $"read {path}" };
        return WithinAsync(script, TransferTimeout, async (session, deadline) =>
        {
            // Size, mode and owner on a line. The line is empty if the file cannot be read; then the exit code says why.
            var facts = (await session.Output.ReadLineAsync(deadline).ConfigureAwait(false) ?? "").Split(' ');
            if (facts.Length < 4) throw await FailedAsync(session, script, deadline).ConfigureAwait(false);
            var length = long.Parse(facts[0], CultureInfo.InvariantCulture);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (await session.Output.CopyAsync(destination, length, hash, deadline).ConfigureAwait(false) < length)
            {
                throw await LostAsync(session, script).ConfigureAwait(false);
            }

            var (rest, _) = await session.ReadOutputAsync(0, deadline).ConfigureAwait(false);
            if (rest is null) throw Changed(path, "became shorter while it was read");
            if (await session.ReadExitCodeAsync(deadline).ConfigureAwait(false) != 0) throw Changed(path, "could not be read to its end");
            var mode = (UnixFileMode)Convert.ToInt32(facts[1], 8);
            return new HostFile { Path = path, Length = length, Sha256 = Hex(hash), Access = new HostFileAccess(mode, facts[2], facts[3]) };
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken)
    {
        var length = content.Length - content.Position;
        var script = new HostScript(
            HostScript.Text("write-file"),
            path,
            access.Octal,
            access.Owner is null && access.Group is null ? "" : $"{access.Owner}:{access.Group}",
            (length / BlockSize).ToString(CultureInfo.InvariantCulture),
            (length % BlockSize).ToString(CultureInfo.InvariantCulture))
        { Purpose = $"write {path}" };
        return WithinAsync(script, TransferTimeout, async (session, deadline) =>
        {
            var hash = await SendContentAsync(session, content, length, deadline).ConfigureAwait(false);
            var (output, _) = await session.ReadOutputAsync(script.OutputLimit, deadline).ConfigureAwait(false);
            var exitCode = output is null ? null : await session.ReadExitCodeAsync(deadline).ConfigureAwait(false);
            if (exitCode is null) throw await LostAsync(session, script).ConfigureAwait(false);
            var result = new ScriptResult(exitCode.Value, output!, session.Errors);
            if (result.ExitCode == HostScriptFault.HashDiffers) throw Changed(path, "did not arrive as it was sent; what was there before is still there");
            result.ThrowIfFailed(Connection.HostName, script);
            return new HostFile { Path = path, Length = length, Sha256 = hash, Access = access };
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public abstract ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Logs in, if that is needed and has not been done yet.</summary>
    protected virtual ValueTask ConnectAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Starts a command in the host's login shell.</summary>
    protected abstract ValueTask<IScriptChannel> StartAsync(string command, CancellationToken cancellationToken);

    private static async Task<string> SendContentAsync(ScriptSession session, Stream content, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BlockSize];
        var open = true;
        for (var left = length; left > 0;)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException("The content to write is shorter than it said.");
            hash.AppendData(buffer, 0, read);
            left -= read;
            // If the host stopped reading, its exit code will say why.
            open = open && await session.SendAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            if (!open) break;
        }

        var hex = Hex(hash);
        if (open) await session.SendAsync(System.Text.Encoding.ASCII.GetBytes(hex + "\n"), cancellationToken).ConfigureAwait(false);
        return hex;
    }

#pragma warning disable CA1308 // sha256sum prints lower case
    private static string Hex(IncrementalHash hash) => Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
#pragma warning restore CA1308

    private Task<T> WithinAsync<T>(
        HostScript script, TimeSpan timeout, Func<ScriptSession, CancellationToken, Task<T>> useAsync, CancellationToken cancellationToken) =>
        CallLog.OfAsync($"{Connection}", script.Purpose, () => RunWithinAsync(script, timeout, useAsync, cancellationToken));

    private async Task<T> RunWithinAsync<T>(
        HostScript script, TimeSpan timeout, Func<ScriptSession, CancellationToken, Task<T>> useAsync, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(timeout, Time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        var state = "had no shell ready";
        var hasSlot = false;
        try
        {
            await _slots.WaitAsync(deadline.Token).ConfigureAwait(false);
            hasSlot = true;
            var text = new ScriptText(script, Connection.Sudo, Connection.SudoPassword is not null);
            var session = await OpenAsync(text, deadline.Token).ConfigureAwait(false);
            state = "";
            await using (session.ConfigureAwait(false))
            {
                try
                {
                    return await useAsync(session, deadline.Token).ConfigureAwait(false);
                }
                finally
                {
                    // Neither ssh nor sshd ends a command whose caller went away: it would run on beside the next steps.
                    if (!session.HasEnded) state = await EndOnHostAsync(text, session.ShellId!).ConfigureAwait(false) ? "It was ended there." : "It may still be at it.";
                }
            }
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var hasBegun = state != "had no shell ready";
            throw new HostShellException(
                ErrorIds.HostScriptTimeout,
                FaultCategory.Timeout,
                hasBegun
                    ? $"{Connection} did not end this within {timeout}: {script.Purpose}. {state}"
                    : $"{Connection} {state} within {timeout} for this: {script.Purpose}. Nothing was run there.",
                HostName,
                "Look at the load of the host, and try again with a longer -TimeoutSec.")
            {
                ScriptState = hasBegun ? HostScriptState.Unknown : HostScriptState.NotStarted,
            };
        }
        finally
        {
            if (hasSlot) _slots.Release();
        }
    }

    private async Task<ScriptSession> OpenAsync(ScriptText text, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await _sudo.FirstAloneAsync(
            // The connection has retries of its own. The session's retries must not multiply them.
            () => BusyHost.RetryAsync(() => OpenOnceAsync(text, cancellationToken), Time, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ScriptSession> OpenOnceAsync(ScriptText text, CancellationToken cancellationToken)
    {
        var channel = await StartAsync(text.Command, cancellationToken).ConfigureAwait(false);
        return await ScriptSession.StartAsync(channel, Connection, text, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a script on the host, with all that it started. False if it is not known whether it has ended.</summary>
    protected virtual async Task<bool> EndOnHostAsync(ScriptText text, string shellId)
    {
        using var deadline = new CancellationTokenSource(EndTimeout, Time);
        try
        {
            var script = new ScriptText(
                new HostScript(HostScript.Text("end-script"), text.Token, shellId), Connection.Sudo, Connection.SudoPassword is not null);
            var session = await OpenOnceAsync(script, deadline.Token).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                var (output, _) = await session.ReadOutputAsync(1000, deadline.Token).ConfigureAwait(false);
                return output is not null && await session.ReadExitCodeAsync(deadline.Token).ConfigureAwait(false) == 0;
            }
        }
        catch (Exception e) when (e is HostShellException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private async Task<HostShellException> LostAsync(ScriptSession session, HostScript script)
    {
        await session.EndAsync().ConfigureAwait(false);
        return SshFault.AfterStart(Connection, script.Purpose, session.Errors, session.End);
    }

    private async Task<Exception> FailedAsync(ScriptSession session, HostScript script, CancellationToken cancellationToken)
    {
        var (output, _) = await session.ReadOutputAsync(script.OutputLimit, cancellationToken).ConfigureAwait(false);
        var exitCode = output is null ? null : await session.ReadExitCodeAsync(cancellationToken).ConfigureAwait(false);
        return exitCode is { } code
            ? new ScriptResult(code, output!, session.Errors).Fault(HostName, script)
            : await LostAsync(session, script).ConfigureAwait(false);
    }

    private HostShellException TooMuch(HostScript script) => new(
        ErrorIds.HostOutputTooLarge,
        FaultCategory.ResourceExhausted,
        $"{Connection} printed more than {script.OutputLimit} bytes for this: {script.Purpose}. The connection was closed.",
        HostName,
        "Something on the host prints without end; look at its shell's start files and at the command.")
    {
        ScriptState = HostScriptState.Unknown,
    };

    private HostShellException Changed(string path, string what) =>
        new(ErrorIds.HostFileChanged, FaultCategory.InvalidData, $"{Connection}: '{path}' {what}.", HostName, "Try again.");
}
