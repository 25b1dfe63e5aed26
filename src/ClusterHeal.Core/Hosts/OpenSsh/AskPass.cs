using System.Diagnostics;
using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// Passes the login password to <c>ssh</c> through its askpass interface: a small program in a private folder. The program holds no secret. It reads
/// the password from a named pipe, which gives it once.
/// </summary>
/// <remarks>
/// For a jump host ssh starts another ssh, which has the same program in its environment, and whose server writes parts of the prompt. So the prompt
/// alone proves nothing: the program answers only the one process that logs in to the wanted host.
/// </remarks>
internal sealed class AskPass : IAsyncDisposable
{
    // Older clients cut the name to 30 characters in the prompt.
    private const int ShownUserName = 30;
    private readonly string _pipe;
    private readonly string _program;
    private readonly string _asker;
    private readonly Task _giving;
    private volatile bool _isGiven;

    private AskPass(string folder, SecureString password)
    {
        _pipe = PipeIn(folder);
        _program = Path.Combine(folder, "askpass");
        _asker = AskerIn(folder);
        // To open a pipe for writing waits for a reader, and no call does this asynchronously. So it needs a thread of its own.
        _giving = Task.Factory.StartNew(
            () => Give(_pipe, password), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// True once something has opened the pipe and gets the password. It is set before the first byte: who has read the password may have ended
    /// before the thread that wrote it knows.
    /// </summary>
    public bool IsGiven => _isGiven;

    /// <summary>Prepares the program, and waits for it in the background.</summary>
    /// <param name="folder">A folder that only this user can enter.</param>
    /// <param name="connection">The host and the password.</param>
    /// <param name="start">The ssh that is about to be started; the path of the program, but no secret, goes into its environment.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public static async Task<AskPass> PrepareAsync(
        string folder, HostConnection connection, ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using (var mkfifo = Process.Start(ProgramStart.Of("mkfifo", ["-m", "600", PipeIn(folder)]))!)
        {
            await mkfifo.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (mkfifo.ExitCode != 0) throw new IOException($"mkfifo ended with exit code {mkfifo.ExitCode}.");
        }

        var askPass = new AskPass(folder, connection.LoginPassword!);
        await File.WriteAllTextAsync(askPass._program, Program(folder, connection.UserName), cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(askPass._program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        start.Environment["SSH_ASKPASS"] = askPass._program;
        start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        return askPass;
    }

    /// <summary>Says which process may get the password. Until then the program waits.</summary>
    public void Answer(Process ssh)
    {
        // Written beside it and renamed: the program must not read half a number.
        File.WriteAllText(_asker + ".new", ssh.Id.ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move(_asker + ".new", _asker);
    }

    /// <summary>Stops waiting and removes the program and the pipe.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_giving.IsCompleted)
        {
            // Nobody asked. A reader of our own ends the wait, and what it reads is thrown away. The pipe is opened for writing, too: if the
            // password has just been given, nobody else writes any more, and to open it for reading alone would wait forever.
            using var reader = new FileStream(_pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            await _giving.ConfigureAwait(false);
        }

        File.Delete(_pipe);
        File.Delete(_program);
        File.Delete(_asker);
    }

    private static string PipeIn(string folder) => Path.Combine(folder, "p");

    private static string AskerIn(string folder) => Path.Combine(folder, "asker");

    // OpenSSH asks for a user's password in two forms: the method "password" has its own words; keyboard-interactive has the server's words, which
    // clients from 8.4 on put after "(user@host) ". A one-time code, a passphrase and a PIN are asked for in other words.
    private static string Program(string folder, string? userName)
    {
        var user = userName is null ? "" : SshArguments.LoginName(userName);
        var shown = user.Length > ShownUserName ? ShellQuote.Quote(user[..ShownUserName]) + "*" : user.Length > 0 ? ShellQuote.Quote(user) : "*";
        return $"""
            #!/bin/sh
            tries=0
            until [ -s {ShellQuote.Quote(AskerIn(folder))} ]; do
                tries=$((tries + 1)); [ "$tries" -le 100 ] || exit 1; sleep 0.1
            done
            [ "$PPID" = "$(cat {ShellQuote.Quote(AskerIn(folder))})" ] || exit 1
            case $1 in
                Enter\ *) exit 1 ;;
                {shown}@*"'s password: " | "("{shown}@*") "*[Pp]assword*: | "("{shown}@*") "*[Pp]assword*:\  | [Pp]assword: | [Pp]assword:\ ) ;;
                *) exit 1 ;;
            esac
            exec cat {ShellQuote.Quote(PipeIn(folder))}

            """;
    }

    private void Give(string pipe, SecureString password)
    {
        var secret = SecretBytes.Of(password);
        try
        {
            using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            _isGiven = true;
            writer.Write(secret);
        }
        catch (IOException)
        {
            // The reader is gone. ssh will report a failed login.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
