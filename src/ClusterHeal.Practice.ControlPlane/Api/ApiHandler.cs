using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Takes every request: finds out who asks, what for, whether that is allowed, and who answers it.</summary>
internal sealed class ApiHandler(
    Authentication authentication,
    EtcdStore store,
    WatchCache cache,
    ObjectService objects,
    DeletionService deletions,
    EvictionService evictions,
    ListHandler lists,
    WatchHandler watches,
    AuditLog? audit,
    ApiServerOptions options,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        context.Response.Headers["audit-id"] = Guid.NewGuid().ToString();
        context.Response.Headers.CacheControl = "no-cache, private";
        var isWrite = request.Method is not ("GET" or "HEAD");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(isWrite ? options.WriteTimeout : options.RequestTimeout);
        try
        {
            var who = authentication.Identify(context);
            var path = ApiPath.Parse(request.Path.Value ?? "/");
            if (path is null) await HandlePathAsync(context, who, deadline.Token);
            else await HandleObjectsAsync(context, who, path, deadline.Token);
        }
        catch (ApiFault fault) when (!context.Response.HasStarted)
        {
            await Answer.WriteAsync(context, fault);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // etcd does not answer. A write is told so. A read is cut off without an answer, as the real server does.
            if (isWrite && !context.Response.HasStarted) await Answer.WriteAsync(context, ApiFault.Timeout());
            else context.Abort();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.Write($"{request.Method} {request.Path}: {e}");
            await Answer.WriteAsync(context, new ApiFault(500, "InternalError", $"Internal error occurred: {e.Message}"));
        }
    }

    private async Task HandlePathAsync(HttpContext context, Identity who, CancellationToken cancellationToken)
    {
        var path = context.Request.Path.Value ?? "/";
        var verb = context.Request.Method.ToLowerInvariant();
        audit?.Note(context, who, verb);
        Authorization.DemandPath(who, verb, path);
        var first = path.TrimStart('/').Split('/')[0];
        if (first is "livez" or "readyz" or "healthz")
        {
            await AnswerHealthAsync(context, path, cancellationToken);
        }
        else if (path == "/openapi/v2")
        {
            context.Response.ContentType = OpenApi.Version2Type;
            await context.Response.Body.WriteAsync(OpenApi.EmptyVersion2, cancellationToken);
        }
        else if (path == "/version")
        {
            await Answer.WriteAsync(context, 200, Discovery.Version());
        }
        else
        {
            var found = path.StartsWith("/openapi/v3", StringComparison.Ordinal)
                ? OpenApi.Of(path)
                : Discovery.Of(path, context.Request.Host.Value ?? "");
            if (found is not null) await Answer.WriteAsync(context, 200, found);
            else await Answer.WriteTextAsync(context, 404, "404 page not found\n");
        }
    }

    private async Task AnswerHealthAsync(HttpContext context, string path, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.EtcdHealthTimeout);
        bool healthy;
        try
        {
            healthy = await store.IsHealthyAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            healthy = false;
        }

        string[] failing = healthy ? [] : ["etcd", "etcd-readiness"];
        if (!cache.IsReady) failing = [.. failing, "informer-sync", "poststarthook/storage-readiness"];
        if (stopping.IsCancellationRequested) failing = [.. failing, "shutdown"];
        var answer = Health.Of(path, context.Request.Query.ContainsKey("verbose"), [.. context.Request.Query["exclude"]], failing);
        if (answer is { } found) await Answer.WriteTextAsync(context, found.Code, found.Text);
        else await Answer.WriteTextAsync(context, 404, "404 page not found\n");
    }

    private async Task HandleObjectsAsync(HttpContext context, Identity who, ApiPath path, CancellationToken cancellationToken)
    {
        var method = context.Request.Method;
        var isWatch = method == "GET" && context.Request.Query["watch"].ToString() is "true" or "1";
        var verb = method switch
        {
            "GET" when isWatch => "watch",
            "GET" => path.Name is null ? "list" : "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => path.Name is null ? "deletecollection" : "delete",
            _ => throw ApiFault.MethodNotAllowed(),
        };
        audit?.Note(context, who, verb);
        Authorization.Demand(who, verb, path);
        if (path.Kind is null)
        {
            await Answer.WriteTextAsync(context, 404, "404 page not found\n");
            return;
        }

        switch (verb)
        {
            case "watch":
                await watches.WatchAsync(context, path, stopping);
                break;
            case "list":
                await lists.ListAsync(context, path, cancellationToken);
                break;
            case "get":
                await GetAsync(context, path, cancellationToken);
                break;
            case "create":
                await CreateAsync(context, path, cancellationToken);
                break;
            case "update" or "patch":
                await ChangeAsync(context, path, cancellationToken);
                break;
            default:
                await DeleteAsync(context, path, cancellationToken);
                break;
        }
    }

    private async Task GetAsync(HttpContext context, ApiPath path, CancellationToken cancellationToken)
    {
        var o = (await objects.GetAsync(path.Kind!, path.Namespace, path.Name!, cancellationToken)).Node();
        if (path.Part is null && Tables.Wanted(context.Request))
        {
            var meta = new JsonObject { ["resourceVersion"] = o.Text("metadata", "resourceVersion") };
            o = Tables.Of(path.Kind!, [o], meta, TimeProvider.System.GetUtcNow());
        }
        await Answer.WriteAsync(context, 200, path.Part switch
        {
            null or "status" => o,
            "scale" when path.Kind!.HasScale => Scales.Of(o),
            _ => throw ApiFault.NoSuchPath(),
        });
    }

    private async Task CreateAsync(HttpContext context, ApiPath path, CancellationToken cancellationToken)
    {
        var dryRun = Answer.IsDryRun(context);
        var body = await Answer.ReadObjectAsync(context, cancellationToken);
        var answer = (path.Kind!.Kind, path.Part) switch
        {
            (_, null) when path.Name is null =>
                await objects.CreateAsync(path.Kind, path.Namespace, Expect(path.Kind, body), dryRun, cancellationToken),
            ("Pod", "eviction") => await evictions.EvictAsync(path, body, dryRun, cancellationToken),
            ("Pod", "binding") => await Bindings.BindAsync(objects, path, body, dryRun, cancellationToken),
            _ => throw ApiFault.MethodNotAllowed(),
        };
        await Answer.WriteAsync(context, 201, answer);
    }

    private async Task ChangeAsync(HttpContext context, ApiPath path, CancellationToken cancellationToken)
    {
        if (path.Name is null) throw ApiFault.MethodNotAllowed();
        var dryRun = Answer.IsDryRun(context);
        var isScale = path.Part == "scale" && path.Kind!.HasScale;
        Func<JsonObject, JsonObject> change;
        if (context.Request.Method == "PUT")
        {
            var body = await Answer.ReadObjectAsync(context, cancellationToken);
            change = isScale ? current => Scales.Into(current, body) : _ => Expect(path.Kind!, body.Copy());
        }
        else
        {
            var patch = await PatchBody.ReadAsync(context, cancellationToken);
            change = isScale ? current => Scales.Into(current, patch.ApplyTo(Scales.Of(current))) : patch.ApplyTo;
        }
        var changed = await objects.UpdateAsync(isScale ? path with { Part = null } : path, change, dryRun, cancellationToken);
        await Answer.WriteAsync(context, 200, isScale ? Scales.Of(changed) : changed);
    }

    private async Task DeleteAsync(HttpContext context, ApiPath path, CancellationToken cancellationToken)
    {
        var dryRun = Answer.IsDryRun(context);
        var deleteOptions = await Answer.ReadOptionsAsync(context, cancellationToken);
        dryRun |= deleteOptions.Texts("dryRun").Contains("All");
        if (path.Name is null)
        {
            var all = ListHandler.Select(cache.Of(path.Kind!), path, context.Request.Query).ToArray();
            foreach (var each in all)
            {
                var one = path with
                {
                    Namespace = each.Fields.GetValueOrDefault("metadata.namespace"),
                    Name = each.Fields["metadata.name"]
                };
                await deletions.DeleteAsync(one, deleteOptions, dryRun, cancellationToken);
            }
            var meta = new JsonObject { ["resourceVersion"] = cache.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            await Answer.WriteAsync(context, 200, new JsonObject
            {
                ["kind"] = path.Kind!.ListKind, ["apiVersion"] = path.Kind.ApiVersion, ["metadata"] = meta,
                ["items"] = new JsonArray([.. all.Select(each => each.Node())]),
            });
            return;
        }

        if (path.Part is not null) throw ApiFault.MethodNotAllowed();
        var (o, gone) = await deletions.DeleteAsync(path, deleteOptions, dryRun, cancellationToken);
        await Answer.WriteAsync(context, 200, gone && !path.Kind!.DeletionReturnsObject ? Deleted(path.Kind, o) : o);
    }

    private static JsonObject Deleted(ResourceKind kind, JsonObject o)
    {
        var details = new JsonObject { ["name"] = o.Name() };
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kind.Plural;
        details["uid"] = o.Uid();
        return new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details,
        };
    }

    private static JsonObject Expect(ResourceKind kind, JsonObject body)
    {
        var (apiVersion, name) = (body.Text("apiVersion") ?? kind.ApiVersion, body.Text("kind") ?? kind.Kind);
        if (apiVersion == kind.ApiVersion && name == kind.Kind) return body;
        throw ApiFault.BadRequest(
            $"{name} in version \"{apiVersion}\" cannot be handled as a {kind.Kind}: "
            + $"no kind \"{name}\" is registered for version \"{kind.ApiVersion}\"");
    }
}
