using System.Text;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>A host with some files, and with one answer to each script.</summary>
internal sealed class FileHost(string answer, params (string Path, string Text)[] files) : IHostShell
{
    public string HostName => "m2";

    public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) =>
        Task.FromResult(new ScriptResult(0, Encoding.UTF8.GetBytes(answer), ""));

    public async Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        if (files.All(file => file.Path != path)) throw new HostShellException(ErrorIds.HostFileNotFound, FaultCategory.NotFound, $"'{path}' is not there.", HostName);
        await destination.WriteAsync(Encoding.UTF8.GetBytes(files.Single(file => file.Path == path).Text), cancellationToken);
        return null!;
    }

    public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
