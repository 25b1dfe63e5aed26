using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Kubernetes;

/// <summary>
/// An HTTP server that answers as a test says, for exact texts and for failures that a real API server cannot be made to show.
/// </summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<HttpListenerRequest, ScriptedAnswer> _answer;
    private readonly Task _serving;

    public ScriptedApi(Func<HttpListenerRequest, ScriptedAnswer> answer)
    {
        _answer = answer;
        (_listener, Server) = Listen();
        _serving = ServeAsync();
    }

    public string Server { get; }

    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string?> Authorizations { get; } = new();

    public KubernetesClient Connect(TimeSpan? timeout = null) => new(Connection(timeout), TimeProvider.System);

    public KubernetesConnection Connection(TimeSpan? timeout = null) => new()
    {
        ClusterName = "scripted",
        Server = new Uri(Server),
        RequestTimeout = timeout ?? TimeSpan.FromSeconds(20),
    };

    public async ValueTask DisposeAsync()
    {
        // Without a Stop before: that frees the port, and Close would then bind it once more, which fails where another test has it by now.
        _listener.Close();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The listener cannot ask the system for a port, and another test may be quicker to take one that is free.
    private static (HttpListener Listener, string Server) Listen()
    {
        for (var left = 9; ; left--)
        {
            var server = $"http://127.0.0.1:{LoopbackPorts.Take(1)[0]}";
            var listener = new HttpListener { Prefixes = { server + "/" } };
            try
            {
                listener.Start();
                return (listener, server);
            }
            catch (HttpListenerException) when (left > 0)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening) _ = AnswerAsync(await _listener.GetContextAsync());
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Requests.Enqueue($"{context.Request.HttpMethod} {context.Request.RawUrl}");
        Authorizations.Enqueue(context.Request.Headers["Authorization"]);
        var answer = _answer(context.Request);
        try
        {
            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers) context.Response.Headers[name] = value;
            context.Response.ContentType = answer.ContentType;
            context.Response.SendChunked = true;
            foreach (var part in answer.Lines ?? answer.Parts)
            {
                await Task.Delay(answer.Delay);
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(part));
                await context.Response.OutputStream.FlushAsync();
            }

            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The client, or the test, had enough.
        }
    }
}

/// <summary>One answer.</summary>
internal sealed record ScriptedAnswer(int Status, params string[] Parts)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public string ContentType { get; init; } = "application/json";

    /// <summary>The parts of an answer that grows while it is read, such as a watch; null for <see cref="Parts"/>.</summary>
    public IEnumerable<string>? Lines { get; init; }

    /// <summary>A pause before each part.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The same, with the wish to be asked again after some seconds.</summary>
    public ScriptedAnswer RetryAfter(int seconds) => this with { Headers = new() { ["Retry-After"] = $"{seconds}" } };

    /// <summary>A recorded answer of a real API server, with the headers that a client acts on.</summary>
    public static ScriptedAnswer Recorded(string name)
    {
        var text = Encoding.UTF8.GetString(Fixture.Read($"kubernetes/api/{name}.http")).ReplaceLineEndings("\n");
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = text[..end].Split('\n').Where(l => !l.StartsWith('#')).ToArray();
        var headers = head.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1]);
        return new ScriptedAnswer(int.Parse(head[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), text[(end + 2)..])
        {
            Headers = headers.Where(h => h.Key is "retry-after").ToDictionary(h => h.Key, h => h.Value),
            ContentType = headers["content-type"],
        };
    }
}
