using System.Diagnostics;
using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tour;

/// <summary>
/// The real pwsh in which the tour is played, with the staged module. It has a terminal of its own (script(1)), so that it prints as it
/// prints for a user. What it prints is shown line by line.
/// </summary>
internal sealed partial class TourShell : IAsyncDisposable
{
    private const int Columns = 132;
    private readonly Process _process;
    private readonly NamedPipeServerStream _pipe;
    private readonly StreamWriter _requests;
    private readonly TextWriter _output;
    private readonly string _mark;

    private TourShell(Process process, NamedPipeServerStream pipe, TextWriter output, string mark)
    {
        (_process, _pipe, _output, _mark) = (process, pipe, output, mark);
        _requests = new StreamWriter(pipe);
    }

    /// <summary>Starts it.</summary>
    /// <param name="folder">A folder for its own script.</param>
    /// <param name="output">Where its output goes.</param>
    /// <param name="colour">True to keep the colours.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<TourShell> StartAsync(string folder, TextWriter output, bool colour, CancellationToken cancellationToken)
    {
        var mark = RandomNumberGenerator.GetHexString(32);
        var pipeName = $"clusterheal-tour-{RandomNumberGenerator.GetHexString(8)}";
        var script = await TourFiles.LayAsync("tour/Shell.ps1", folder, cancellationToken);
        var pipe = new NamedPipeServerStream(
            pipeName, PipeDirection.Out, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        var environment = new Dictionary<string, string?>(Pwsh.Environment)
        {
            ["TOUR_PWSH"] = Pwsh.File,
            ["TOUR_SCRIPT"] = script,
            ["TOUR_PIPE"] = pipeName,
            ["TOUR_MODULE"] = StagedModule.Folder,
            ["TOUR_MARK"] = mark,
        };
        if (!colour) (environment["NO_COLOR"], environment["TERM"]) = ("1", "dumb");
        var command = $"stty cols {Columns} rows 60 -echo; "
            + """exec "$TOUR_PWSH" -NoProfile -NoLogo -File "$TOUR_SCRIPT" "$TOUR_PIPE" "$TOUR_MODULE" "$TOUR_MARK" """;
        string[] arguments = ["--pdeathsig", "KILL", "--", "script", "--quiet", "--return", "--command", command, "/dev/null"];
        var start = Tool.StartInfo("setpriv", arguments, environment);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.WorkingDirectory = folder;
        var shell = new TourShell(LaunchThread.Start(start), pipe, output, mark);
        try
        {
            var connected = pipe.WaitForConnectionAsync(cancellationToken);
            if (await Task.WhenAny(connected, shell._process.WaitForExitAsync(cancellationToken)) != connected)
                throw new TourFailedException($"pwsh did not start: {await shell._process.StandardOutput.ReadToEndAsync(cancellationToken)}");
            await connected;
            return shell;
        }
        catch
        {
            await shell.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command. What it prints is shown while it runs.</summary>
    public Task RunAsync(string command, CancellationToken cancellationToken) => AskAsync("Run", command, cancellationToken);

    /// <summary>Evaluates an expression.</summary>
    /// <returns>Whether it is true, and why it could not be evaluated; otherwise an empty text.</returns>
    public Task<TourAnswer> CheckAsync(string expression, CancellationToken cancellationToken) => AskAsync("Check", expression, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _pipe.DisposeAsync();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<TourAnswer> AskAsync(string kind, string text, CancellationToken cancellationToken)
    {
        var request = JsonSerializer.Serialize(new TourRequest(kind, text), TourJson.Default.TourRequest);
        await _requests.WriteLineAsync(request.AsMemory(), cancellationToken);
        await _requests.FlushAsync(cancellationToken);
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var mark = line.IndexOf(_mark, StringComparison.Ordinal);
            if (mark < 0)
            {
                await _output.WriteLineAsync(line.TrimEnd('\r'));
                continue;
            }

            if (mark > 0) await _output.WriteLineAsync(line[..mark]);
            return JsonSerializer.Deserialize(line[(mark + _mark.Length)..], TourJson.Default.TourAnswer)!;
        }

        throw new TourFailedException($"pwsh ended in '{text}'");
    }

    /// <summary>What is sent to Shell.ps1.</summary>
    internal sealed record TourRequest(string Kind, string Text);

    /// <summary>What comes back.</summary>
    internal sealed record TourAnswer(bool Holds, string Reason);

    [JsonSerializable(typeof(TourRequest))]
    [JsonSerializable(typeof(TourAnswer))]
    private sealed partial class TourJson : JsonSerializerContext;
}
