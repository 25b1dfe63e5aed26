using System.Text.Json.Nodes;
using System.Threading.Channels;
using ClusterHeal.Practice.ControlPlane.Api;
using ClusterHeal.Practice.ControlPlane.Objects;
using k8s;
using k8s.Models;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>The cluster as one component sees it: what it knows, what it writes, and when to look again.</summary>
internal sealed class Cluster(ObjectClient api, string component, TimeProvider time)
{
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Swarm = TimeSpan.FromMilliseconds(5);
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ClusterState State { get; } = new();

    public ObjectClient Api => api;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The current time of a clock that nobody sets.</summary>
    public long Ticks => time.GetTimestamp();

    /// <summary>How long ago that was.</summary>
    public TimeSpan Since(long ticks) => time.GetElapsedTime(ticks);

    public JsonObject[] All(ResourceKind kind) => State.All(kind);

    /// <summary>Keeps the state of a kind up to date until cancelled. It lists again when a watch cannot continue.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="fields">A field selector that narrows it, or null.</param>
    /// <param name="listed">Is completed after the first list.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAsync(ResourceKind kind, string? fields, TaskCompletionSource listed, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var (items, revision) = await api.ListAsync(kind, fields, cancellationToken);
                State.Replace(kind, items);
                listed.TrySetResult();
                Ring();
                await WatchAsync(kind, fields, revision, cancellationToken);
            }
            catch (ClusterHealException e)
            {
                Log.Write($"{kind}: {e.Message}");
            }
            await Task.Delay(WatchPause, time, cancellationToken);
        }
    }

    /// <summary>Runs something again and again: after each change of the state, and at least once per period.</summary>
    public async Task RunAsync(Func<Task> reconcile, TimeSpan period, CancellationToken cancellationToken)
    {
        while (true)
        {
            _bell.Reader.TryRead(out _);
            var start = Ticks;
            await reconcile();
            // Changes come in groups, and a look at many objects takes long. So half of the time is left to others.
            await Task.Delay(Swarm + Since(start), cancellationToken);
            using var nap = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            nap.CancelAfter(period);
            try
            {
                await _bell.Reader.WaitToReadAsync(nap.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    /// <summary>Asks for another run.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>Creates an object; one that is there already is no error.</summary>
    public async Task<JsonObject?> CreateAsync(ResourceKind kind, JsonObject o, CancellationToken cancellationToken)
    {
        o["kind"] = kind.Kind;
        o["apiVersion"] = kind.ApiVersion;
        try
        {
            var created = await api.CreateAsync(kind, o, cancellationToken);
            State.Put(kind, created);
            return created;
        }
        catch (KubernetesException e) when (e.Reason is "AlreadyExists"
            || (e.StatusCode == 403 && e.Message.Contains("being terminated", StringComparison.Ordinal)))
        {
            return null;
        }
    }

    /// <summary>Changes an object, or a part of it, if the change makes a difference. A conflict is left to the next run.</summary>
    public async Task<JsonObject?> ChangeAsync(
        ResourceKind kind, JsonObject o, string? part, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        var wanted = o.Copy();
        change(wanted);
        if (JsonNode.DeepEquals(o, wanted)) return o;
        try
        {
            var changed = await api.ReplaceAsync(kind, wanted, part, cancellationToken);
            if (ObjectService.IsFinished(kind, changed)) State.Remove(kind, changed);
            else State.Put(kind, changed);
            return changed;
        }
        catch (KubernetesException e) when (e.StatusCode is 404 or 409)
        {
            Ring();
            return null;
        }
    }

    /// <summary>Deletes an object; one that is gone already is no error.</summary>
    public async Task DeleteAsync(ResourceKind kind, JsonObject o, CancellationToken cancellationToken, V1DeleteOptions? options = null)
    {
        try
        {
            var answer = await api.DeleteAsync(kind, o, options ?? new V1DeleteOptions(), cancellationToken);
            if (answer.Kind() == "Status" || ObjectService.IsFinished(kind, answer)) State.Remove(kind, o);
            else State.Put(kind, answer);
        }
        catch (KubernetesException e) when (e.StatusCode is 404 or 409)
        {
            Ring();
        }
    }

    /// <summary>Writes an event about an object. What goes wrong there does not matter.</summary>
    public async Task RecordAsync(JsonObject about, string type, string reason, string message, CancellationToken cancellationToken)
    {
        var ns = about.Namespace() is { Length: > 0 } own ? own : "default";
        var stamp = Json.Stamp(Now);
        var e = new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["name"] = $"{about.Name()}.{Now.UtcTicks:x16}", ["namespace"] = ns },
            ["involvedObject"] = new JsonObject
            {
                ["kind"] = about.Kind(), ["namespace"] = about.Namespace(), ["name"] = about.Name(), ["uid"] = about.Uid(),
                ["apiVersion"] = about.Text("apiVersion"),
            },
            ["reason"] = reason, ["message"] = message, ["source"] = new JsonObject { ["component"] = component },
            ["firstTimestamp"] = stamp, ["lastTimestamp"] = stamp, ["count"] = 1, ["type"] = type, ["reportingComponent"] = component,
        };
        try
        {
            await api.CreateAsync(ResourceKinds.Events, e, cancellationToken);
        }
        catch (ClusterHealException failure)
        {
            Log.Write($"event {reason}: {failure.Message}");
        }
    }

    /// <summary>
    /// One watch, until it ends. A server that was stopped for a restore comes back with other objects at lower revisions. So a watch is
    /// never continued: everything is listed again.
    /// </summary>
    private async Task WatchAsync(ResourceKind kind, string? fields, string revision, CancellationToken cancellationToken)
    {
        await foreach (var (type, o) in api.WatchAsync(kind, fields, revision, cancellationToken))
        {
            switch (type)
            {
                case WatchEventType.Deleted:
                    State.Remove(kind, o);
                    Ring();
                    break;
                case WatchEventType.Added or WatchEventType.Modified:
                    State.Put(kind, o);
                    Ring();
                    break;
            }
        }
    }
}
