using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>
/// The cluster as a component knows it: what its watches told, and what came back from its own writes at once, so that it never acts
/// twice on old knowledge. Do not change the objects in it; take a <see cref="Json.Copy"/>.
/// </summary>
internal sealed class ClusterState
{
    private readonly object _gate = new();
    private readonly Dictionary<ResourceKind, Dictionary<string, JsonObject>> _objects = [];
    private readonly Dictionary<ResourceKind, JsonObject[]> _arrays = [];
    private readonly Dictionary<ResourceKind, ILookup<string, JsonObject>> _byNamespace = [];

    public JsonObject[] All(ResourceKind kind)
    {
        lock (_gate)
        {
            if (_arrays.TryGetValue(kind, out var array)) return array;
            return _arrays[kind] = [.. Of(kind).Values];
        }
    }

    /// <summary>The objects of a kind in a namespace.</summary>
    public IEnumerable<JsonObject> In(ResourceKind kind, string ns)
    {
        lock (_gate)
        {
            if (!_byNamespace.TryGetValue(kind, out var lookup)) _byNamespace[kind] = lookup = Of(kind).Values.ToLookup(o => o.Namespace());
            return lookup[ns];
        }
    }

    /// <summary>One object, or null.</summary>
    public JsonObject? Find(ResourceKind kind, string? ns, string name)
    {
        lock (_gate) return Of(kind).GetValueOrDefault(kind.Key(ns, name));
    }

    /// <summary>Takes a whole list.</summary>
    public void Replace(ResourceKind kind, IEnumerable<JsonObject> items)
    {
        lock (_gate)
        {
            _objects[kind] = items.ToDictionary(o => kind.Key(o.Namespace(), o.Name()), StringComparer.Ordinal);
            Changed(kind);
        }
    }

    /// <summary>Takes an object, unless a newer version of it is here.</summary>
    public void Put(ResourceKind kind, JsonObject o)
    {
        var key = kind.Key(o.Namespace(), o.Name());
        lock (_gate)
        {
            if (Of(kind).TryGetValue(key, out var known) && known.Uid() == o.Uid() && known.Revision() >= o.Revision()) return;
            Of(kind)[key] = o;
            Changed(kind);
        }
    }

    /// <summary>Forgets an object, unless another has taken its name.</summary>
    public void Remove(ResourceKind kind, JsonObject o)
    {
        var key = kind.Key(o.Namespace(), o.Name());
        lock (_gate)
        {
            if (!Of(kind).TryGetValue(key, out var known) || known.Uid() != o.Uid()) return;
            Of(kind).Remove(key);
            Changed(kind);
        }
    }

    private void Changed(ResourceKind kind)
    {
        _arrays.Remove(kind);
        _byNamespace.Remove(kind);
    }

    private Dictionary<string, JsonObject> Of(ResourceKind kind)
    {
        if (!_objects.TryGetValue(kind, out var objects)) _objects[kind] = objects = new(StringComparer.Ordinal);
        return objects;
    }
}
