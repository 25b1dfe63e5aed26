using System.Text;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>This machine as a host of a network with addresses of its own: each leads to a port of the loopback, and the others nowhere.</summary>
/// <param name="ports">The ports by their addresses.</param>
/// <param name="hostName">What it is called.</param>
/// <param name="answers">What it answers to scripts, by their purpose; the others are run.</param>
internal sealed class RedirectedShell(
    IReadOnlyDictionary<string, int> ports, string hostName = "m0", IReadOnlyDictionary<string, string>? answers = null) : IHostShell
{
    private readonly LocalShell _local = new(new HostConnection { HostName = hostName }, TimeProvider.System);

    public string HostName => hostName;

    public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) => answers?.GetValueOrDefault(script.Purpose) is { } answer
        ? Task.FromResult(new ScriptResult(0, Encoding.UTF8.GetBytes(answer), ""))
        : _local.RunAsync(script, cancellationToken);

    public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken) =>
        _local.ReadFileAsync(path, destination, cancellationToken);

    public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) =>
        _local.WriteFileAsync(path, content, access, cancellationToken);

    public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) =>
        host == "127.0.0.1" ? _local.DialAsync(host, port, cancellationToken)
        : ports.TryGetValue(host, out var other) ? _local.DialAsync("127.0.0.1", other, cancellationToken)
        : throw new IOException($"{host} leads nowhere.");

    public ValueTask DisposeAsync() => _local.DisposeAsync();
}
