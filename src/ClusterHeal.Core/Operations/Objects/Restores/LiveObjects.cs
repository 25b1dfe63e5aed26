using System.Text.Json.Nodes;
using ClusterHeal.Common;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>What the live cluster serves and has, as far as a restore of objects needs it. What was found is not asked for again.</summary>
/// <param name="client">The API server.</param>
internal sealed class LiveObjects(KubernetesClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<LiveName, ObjectMeta?> _found = [];
    private ServedResources? _served;

    /// <summary>The resource of a kind in the version that the server prefers; null if it serves none.</summary>
    public async Task<ServedResource?> ResourceAsync(string group, string kind, CancellationToken cancellationToken)
    {
        _served ??= await ApiDiscovery.AskAsync(client, cancellationToken).ConfigureAwait(false);
        return _served.Resources.FirstOrDefault(r => r.Kind == kind && r.Group == group);
    }

    /// <summary>Waits for a kind whose definition was just created.</summary>
    public Task<ServedResource?> AwaitResourceAsync(string group, string kind, TimeSpan patience, CancellationToken cancellationToken)
    {
        return new Waiting(client.Time, patience, Pause).UntilAsync(AskAsync, resource => resource is not null, cancellationToken);

        async Task<ServedResource?> AskAsync(CancellationToken stop)
        {
            var resource = await ResourceAsync(group, kind, stop).ConfigureAwait(false);
            if (resource is null) _served = null;
            return resource;
        }
    }

    /// <summary>Waits until a definition is Established.</summary>
    /// <returns>False if it did not become Established in time.</returns>
    public async Task<bool> AwaitEstablishedAsync(ServedResource definitions, string name, TimeSpan patience, CancellationToken cancellationToken)
    {
        var isEstablished = await new Waiting(client.Time, patience, Pause).UntilAsync(IsEstablishedAsync, isSo => isSo, cancellationToken).ConfigureAwait(false);
        // The kind that it defines is not in the former list.
        if (isEstablished) _served = null;
        return isEstablished;

        async Task<bool> IsEstablishedAsync(CancellationToken stop) =>
            await client.ReadAsync(definitions, "", name, stop).ConfigureAwait(false) is { } json
            && JsonFields.Parse(json)["status"]?["conditions"] is JsonArray conditions
            && conditions.Any(condition => (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True");
    }

    /// <summary>The metadata of an object; null if there is none.</summary>
    /// <exception cref="KubernetesException">It may not be read.</exception>
    public async Task<ObjectMeta?> FindAsync(LiveName name, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(name, out var known)) return known;
        var resource = await ResourceAsync(name.Group, name.Kind, cancellationToken).ConfigureAwait(false);
        if (resource is null) return null;
        var found = await client.FindAsync(Resources.Any(resource.ApiVersion, resource.Plural), name.Namespace, name.Name, cancellationToken).ConfigureAwait(false);
        return _found[name] = found?.Metadata;
    }

    /// <summary>The metadata of an object; null if there is none, or it may not be read.</summary>
    public async Task<ObjectMeta?> TryFindAsync(LiveName name, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode is 403)
        {
            return null;
        }
    }

    /// <summary>Notes an object that was written.</summary>
    public void Add(LiveName name, string uid) => _found[name] = new ObjectMeta { Name = name.Name, Namespace = name.Namespace, Uid = uid };
}
