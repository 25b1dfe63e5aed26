using System.Diagnostics;
using System.Security;
using System.Security.Cryptography;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// Hands the login password to <c>ssh</c> by its askpass interface: a small program in a private folder that holds no secret and reads
/// it from a named pipe, which gives it once, and only where ssh asks for the host that is meant (a jump host gets nothing).
/// </summary>
internal sealed class AskPass : IAsyncDisposable
{
    private readonly string _pipe;
    private readonly string _program;
    private readonly Task _giving;

    private AskPass(string pipe, string program, Task giving)
    {
        _pipe = pipe;
        _program = program;
        _giving = giving;
    }

    /// <summary>Prepares the program, and waits for it in the background.</summary>
    /// <param name="folder">A folder that only this user can enter.</param>
    /// <param name="connection">The host and the password.</param>
    /// <param name="start">The ssh that is about to be started; its environment gets the program's path, no secret.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public static async Task<AskPass> PrepareAsync(
        string folder, HostConnection connection, ProcessStartInfo start, CancellationToken cancellationToken)
    {
        var pipe = Path.Combine(folder, "p");
        var program = Path.Combine(folder, "askpass");
        using (var mkfifo = Process.Start(ProgramStart.Of("mkfifo", ["-m", "600", pipe]))!)
        {
            await mkfifo.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (mkfifo.ExitCode != 0) throw new IOException($"mkfifo ended with exit code {mkfifo.ExitCode}.");
        }

        var text = $"""
            #!/bin/sh
            case $1 in *@{ShellQuote.Quote(connection.HostName)}*) exec cat {ShellQuote.Quote(pipe)} ;; esac
            exit 1

            """;
        await File.WriteAllTextAsync(program, text, cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        start.Environment["SSH_ASKPASS"] = program;
        start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        // To open a pipe for writing waits for a reader, and no call does so asynchronously: hence a thread of its own.
        var giving = Task.Factory.StartNew(
            () => Give(pipe, connection.LoginPassword!), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return new AskPass(pipe, program, giving);
    }

    /// <summary>Stops waiting and removes the program and the pipe.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_giving.IsCompleted)
        {
            // Nobody asked. A reader of our own ends the wait; what it is given goes nowhere.
            using var reader = new FileStream(_pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            await _giving.ConfigureAwait(false);
        }

        File.Delete(_pipe);
        File.Delete(_program);
    }

    private static void Give(string pipe, SecureString password)
    {
        var secret = SecretBytes.Of(password);
        try
        {
            using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            writer.Write(secret);
        }
        catch (IOException)
        {
            // The reader is gone; ssh will report a login that failed.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
