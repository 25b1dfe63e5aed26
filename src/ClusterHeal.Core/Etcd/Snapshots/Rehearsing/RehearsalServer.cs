using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// A real etcd on a restored data directory, for as long as a rehearsal takes. It listens only on socket files in the rehearsal's private folder: it
/// takes no ports of the machine, and no other user can read the keys, which include Kubernetes' Secrets.
/// </summary>
internal sealed partial class RehearsalServer : IAsyncDisposable
{
    public const string MemberName = "rehearsal";

    /// <summary>The cluster that its directory must be restored for. Nothing listens on the URL: a single member never dials it.</summary>
    public const string InitialCluster = $"{MemberName}=http://127.0.0.1:2380";

    private const int KeptLines = 40;

    /// <summary>
    /// Runs the server and kills it as soon as its own input ends: when the rehearsal closes it, or when our process has ended, in whatever way.
    /// Ctrl+C in the terminal reaches us only. The script ends after the server.
    /// </summary>
    private const string Guard =
        """
        trap '' INT
        exec 3<&0
        "$0" "$@" & server=$!
        { read -r _ <&3; kill -9 $server; } & guard=$!
        wait $server; code=$?
        kill $guard 2>/dev/null
        exit $code
        """;

    private readonly ConcurrentQueue<string> _words = [];
    private readonly Process _process;

    private RehearsalServer(ProcessStartInfo start, EtcdConnection connection)
    {
        Connection = connection;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>How clients reach it.</summary>
    public EtcdConnection Connection { get; }

    /// <summary>True if it has ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it printed.</summary>
    public string[] LastWords => [.. _words.TakeLast(5)];

    /// <summary>Asks a program for its version.</summary>
    /// <param name="program">The path of an etcd.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>Major and minor, or null if it does not run or does not say.</returns>
    public static async Task<Version?> ReadVersionAsync(string program, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        using var process = new Process { StartInfo = NewStart(program, ["--version"]) };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

        try
        {
            process.BeginErrorReadLine();
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token).ConfigureAwait(false);
            return VersionLine().Match(output) is { Success: true } match ? Version.Parse(match.Groups[1].ValueSpan) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="program">The path of an etcd.</param>
    /// <param name="folder">The rehearsal's folder, where the sockets go.</param>
    /// <param name="dataDirectory">The restored directory.</param>
    /// <param name="callTimeout">How long one call may take.</param>
    public static RehearsalServer Start(string program, string folder, string dataDirectory, TimeSpan callTimeout)
    {
        // etcd 3.4 wants a port at the end of every address; on Windows no file name can have one.
        var port = OperatingSystem.IsWindows() ? "" : ":1";
        string[] arguments =
        [
            $"--name={MemberName}",
            $"--data-dir={dataDirectory}",
            $"--listen-client-urls=unix://client{port}",
            "--advertise-client-urls=http://127.0.0.1:2379",
            $"--listen-peer-urls=unix://peer{port}",
            "--initial-advertise-peer-urls=http://127.0.0.1:2380",
            $"--initial-cluster={InitialCluster}",
            "--logger=zap",
        ];
        var start = OperatingSystem.IsWindows() ? NewStart(program, arguments) : NewStart("/bin/sh", ["-c", Guard, program, .. arguments]);
        start.WorkingDirectory = folder;
        var endpoint = EtcdEndpoint.Parse($"unix://{Path.Combine(folder, "client" + port)}");
        return new RehearsalServer(start, new EtcdConnection { Endpoints = [endpoint], CallTimeout = callTimeout });
    }

    /// <summary>Waits until it has elected itself and answers.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it ended, or the time was over.</returns>
    public async Task<bool> IsServingAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var client = Connection.Open(Connection.Endpoints[0]);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            while (!HasExited)
            {
                if (await HasLeaderAsync(client, deadline.Token).ConfigureAwait(false)) return true;
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token).ConfigureAwait(false);
            }

            // When it has ended, its last lines may still be on their way.
            await _process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }

        return false;
    }

    /// <summary>Kills it and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        _process.StandardInput.Close();
        if (OperatingSystem.IsWindows()) _process.Kill();
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private static async Task<bool> HasLeaderAsync(EtcdClient client, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.StatusAsync(cancellationToken).ConfigureAwait(false)).Leader != 0;
        }
        catch (EtcdException)
        {
            return false;
        }
    }

    private static ProcessStartInfo NewStart(string program, IEnumerable<string> arguments)
    {
        var start = ProgramStart.Piped(program, arguments);
        // etcd takes every flag from a variable, too. Those of a server on this machine are not meant for this one.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ETCD_", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        return start;
    }

    [GeneratedRegex(@"etcd Version: (\d+\.\d+)")]
    private static partial Regex VersionLine();

    private void Keep(string? line)
    {
        if (string.IsNullOrEmpty(line)) return;
        _words.Enqueue(line);
        if (_words.Count > KeptLines) _words.TryDequeue(out _);
    }
}
