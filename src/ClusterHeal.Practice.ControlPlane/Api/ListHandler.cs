using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.ControlPlane.Storage;
using Microsoft.AspNetCore.Http;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Answers lists from the cache, in pages, narrowed by selectors, as objects or as a table.</summary>
internal sealed class ListHandler(EtcdStore store, WatchCache cache, TimeProvider time)
{
    private static readonly TimeSpan RevisionPatience = TimeSpan.FromSeconds(3);

    /// <summary>All objects that a request asks for, in the order of their keys.</summary>
    public static IEnumerable<StoredObject> Select(KindCache objects, ApiPath path, IQueryCollection query)
    {
        var filter = Filter(path, query);
        return objects.Objects.Values.Where(filter);
    }

    /// <summary>What a request's path and selectors let through.</summary>
    public static Func<StoredObject, bool> Filter(ApiPath path, IQueryCollection query)
    {
        var prefix = path.Kind!.KeyPrefix + (path.Namespace is { } ns ? ns + "/" : "");
        var labels = Selectors.Labels(query["labelSelector"]);
        var fields = Selectors.Fields(path.Kind, query["fieldSelector"]);
        var name = path.Name;
        return each => each.Key.StartsWith(prefix, StringComparison.Ordinal)
            && (name is null || each.Fields["metadata.name"] == name)
            && labels(each.Labels) && fields(each.Fields);
    }

    public async Task ListAsync(HttpContext context, ApiPath path, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var token = query["continue"].ToString() is { Length: > 0 } text ? ContinueToken.Parse(text) : null;
        var revision = await ReachRevisionAsync(query["resourceVersion"], query["resourceVersionMatch"], token, cancellationToken);
        var found = Select(cache.Of(path.Kind!), path, query);
        if (token is not null) found = found.Where(each => string.CompareOrdinal(each.Key, token.After) > 0);
        var all = found.ToList();
        var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked
            : int.MaxValue;
        var page = all.Count > limit ? all[..limit] : all;

        var meta = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (page.Count < all.Count)
        {
            meta["continue"] = new ContinueToken(revision, page[^1].Key).ToString();
            var narrowed = query["labelSelector"].ToString().Length > 0 || query["fieldSelector"].ToString().Length > 0;
            if (!narrowed) meta["remainingItemCount"] = all.Count - page.Count;
        }

        if (Tables.Wanted(context.Request))
        {
            await Answer.WriteAsync(context, 200, Tables.Of(path.Kind!, page.Select(each => each.Node()), meta, time.GetUtcNow()));
        }
        else
        {
            await WriteListAsync(context, path.Kind!, meta, page, cancellationToken);
        }
    }

    /// <summary>Joins the bytes of the objects without reading them.</summary>
    private static async Task WriteListAsync(
        HttpContext context, ResourceKind kind, JsonObject meta, List<StoredObject> page, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/json";
        var writer = context.Response.BodyWriter;
        var metaText = meta.ToJsonString(Json.Options);
        writer.Write(Encoding.UTF8.GetBytes(
            $$"""{"kind":"{{kind.ListKind}}","apiVersion":"{{kind.ApiVersion}}","metadata":{{metaText}},"items":["""));
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0) writer.Write(","u8);
            writer.Write(ItemBytes(kind, page[i].Bytes));
            if (i % 100 == 99) await writer.FlushAsync(cancellationToken);
        }
        writer.Write("]}\n"u8);
        await writer.FlushAsync(cancellationToken);
    }

    /// <summary>The items of a list do not repeat their kind.</summary>
    private static ReadOnlySpan<byte> ItemBytes(ResourceKind kind, byte[] bytes)
    {
        var head = Encoding.UTF8.GetBytes($$"""{"kind":"{{kind.Kind}}","apiVersion":"{{kind.ApiVersion}}",""");
        if (!bytes.AsSpan().StartsWith(head)) return bytes;
        bytes = (byte[])bytes.Clone();
        bytes[head.Length - 1] = (byte)'{';
        return bytes.AsSpan(head.Length - 1);
    }

    /// <summary>Waits until the cache has what the client may expect, and says which revision the list is of.</summary>
    private async Task<long> ReachRevisionAsync(
        string? version, string? match, ContinueToken? token, CancellationToken cancellationToken)
    {
        if (!cache.IsReady) throw ApiFault.Initializing();
        if (token is not null)
        {
            await store.RevisionAsync(cancellationToken);
            return token.Revision;
        }
        if (version is "0") return cache.Revision;
        if (long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
        {
            if (match == "Exact" && wanted < cache.Revision)
            {
                throw ApiFault.Expired("The resourceVersion for the provided list is too old.");
            }
            if (!await cache.WaitForAsync(wanted, RevisionPatience, cancellationToken))
            {
                throw ApiFault.TooLargeRevision(wanted,
                    cache.Revision);
            }
            return cache.Revision;
        }

        var now = await store.RevisionAsync(cancellationToken);
        await cache.WaitForAsync(now, RevisionPatience, cancellationToken);
        if (!cache.IsReady) throw ApiFault.Initializing();
        return cache.Revision;
    }
}
