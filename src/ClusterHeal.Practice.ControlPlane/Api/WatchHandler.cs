using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Answers watches: one JSON document per change, until the time is up or the server stops; neither is announced.</summary>
internal sealed class WatchHandler(WatchCache cache, TimeSpan bookmarkInterval, TimeProvider time)
{
    /// <summary>Streams the changes that a request asks for.</summary>
    public async Task WatchAsync(HttpContext context, ApiPath path, CancellationToken stopping)
    {
        if (!cache.IsReady) throw ApiFault.Initializing();
        var stream = new Stream(context, path, time.GetUtcNow());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        if (Seconds(context.Request.Query["timeoutSeconds"]) is { } seconds) end.CancelAfter(TimeSpan.FromSeconds(seconds));
        var kind = cache.Of(path.Kind!);
        long? after = long.TryParse(context.Request.Query["resourceVersion"], out var version) && version > 0 ? version : null;
        var asOf = cache.Revision;
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(end.Token);
        var changes = kind.Subscribe(after, out var initial);
        if (changes is null)
        {
            await stream.WriteErrorAsync(
                ApiFault.Expired($"too old resource version: {after} ({kind.ForgottenUpTo})"), end.Token);
            return;
        }

        try
        {
            if (after is null) await stream.WriteInitialAsync(initial.Values, asOf, end.Token);
            await stream.FlushAsync(end.Token);
            await PumpAsync(stream, changes.Reader, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is up, or the server stops: a watch ends without a word.
        }
        finally
        {
            kind.Unsubscribe(changes);
        }
    }

    private static double? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : null;

    private async Task PumpAsync(Stream stream, ChannelReader<WatchEvent> changes, CancellationToken cancellationToken)
    {
        var next = changes.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            var bookmark = Task.Delay(bookmarkInterval, time, cancellationToken);
            if (await Task.WhenAny(next, bookmark) == bookmark)
            {
                await bookmark;
                await stream.WriteBookmarkAsync(cache.Revision, false, cancellationToken);
                continue;
            }
            if (!await next) return;
            while (changes.TryRead(out var change)) stream.Write(change);
            await stream.FlushAsync(cancellationToken);
            next = changes.WaitToReadAsync(cancellationToken).AsTask();
        }
    }

    /// <summary>The answer to one watch.</summary>
    private sealed class Stream(HttpContext context, ApiPath path, DateTimeOffset now)
    {
        private readonly Func<StoredObject, bool> _filter = ListHandler.Filter(path, context.Request.Query);
        private readonly bool _table = Tables.Wanted(context.Request);
        private readonly bool _bookmarks = context.Request.Query["allowWatchBookmarks"] == "true";
        private bool _headed;

        public async Task WriteInitialAsync(IEnumerable<StoredObject> objects, long revision, CancellationToken cancellationToken)
        {
            var sent = 0;
            foreach (var each in objects.Where(_filter))
            {
                Write("ADDED", each);
                if (++sent % 100 == 0) await FlushAsync(cancellationToken);
            }
            await WriteBookmarkAsync(revision, true, cancellationToken);
        }

        /// <summary>What a change looks like to this watcher: that depends on whether its selector matched the object before, and matches it now.</summary>
        public void Write(WatchEvent change)
        {
            var was = change.Previous is { } previous && _filter(previous);
            var isIn = change.Current is { } current && _filter(current);
            if (isIn)
            {
                Write(was ? "MODIFIED" : "ADDED", change.Current!);
            }
            else if (was)
            {
                var last = (change.Current is null ? change.Previous! : change.Previous!).Node();
                last.Metadata()["resourceVersion"] = change.Revision.ToString(CultureInfo.InvariantCulture);
                Write("DELETED", StoredObject.From(path.Kind!, change.Previous!.Key, last, change.Revision));
            }
        }

        public async Task WriteBookmarkAsync(long revision, bool endsInitialList, CancellationToken cancellationToken)
        {
            if (!_bookmarks) return;
            var meta = new JsonObject
            {
                ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture),
                ["creationTimestamp"] = null
            };
            if (endsInitialList) meta["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            var bookmark = new JsonObject { ["kind"] = path.Kind!.Kind, ["apiVersion"] = path.Kind.ApiVersion, ["metadata"] = meta };
            if (_table) bookmark = Tables.Of(path.Kind, [], meta.Copy(), now);
            Line("BOOKMARK", bookmark.Bytes());
            await FlushAsync(cancellationToken);
        }

        public async Task WriteErrorAsync(ApiFault fault, CancellationToken cancellationToken)
        {
            Line("ERROR", fault.Status().Bytes());
            await FlushAsync(cancellationToken);
        }

        public async Task FlushAsync(CancellationToken cancellationToken) =>
            await context.Response.BodyWriter.FlushAsync(cancellationToken);

        private void Write(string type, StoredObject o)
        {
            if (!_table)
            {
                Line(type, o.Bytes);
                return;
            }
            var meta = new JsonObject { ["resourceVersion"] = o.Revision.ToString(CultureInfo.InvariantCulture) };
            var table = Tables.Of(path.Kind!, [o.Node()], meta, TimeProvider.System.GetUtcNow());
            if (_headed) table["columnDefinitions"] = null;
            _headed = true;
            Line(type, table.Bytes());
        }

        private void Line(string type, byte[] o)
        {
            var writer = context.Response.BodyWriter;
            writer.Write(System.Text.Encoding.ASCII.GetBytes($$"""{"type":"{{type}}","object":"""));
            writer.Write(o);
            writer.Write("}\n"u8);
        }
    }
}
