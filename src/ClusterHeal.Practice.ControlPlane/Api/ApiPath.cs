using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>What a URL names: a kind, and perhaps a namespace, one object, and a part of it.</summary>
/// <param name="Kind">The kind, or null if the control plane does not serve it.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resource">The kind's name in the URL.</param>
/// <param name="Namespace">The namespace, or null for all of them.</param>
/// <param name="Name">The object, or null for the list.</param>
/// <param name="Part">The subresource, or null.</param>
internal sealed record ApiPath(ResourceKind? Kind, string Group, string Resource, string? Namespace, string? Name, string? Part)
{
    /// <summary>Reads a path below <c>/api/v1/</c> or <c>/apis/GROUP/VERSION/</c>; null for any other.</summary>
    public static ApiPath? Parse(string path)
    {
        var steps = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var start = steps switch
        {
            ["api", _, _, ..] => 2,
            ["apis", _, _, _, ..] => 3,
            _ => 0,
        };
        if (start == 0) return null;
        var group = start == 2 ? "" : steps[1];
        var version = steps[start - 1];
        var rest = steps.AsSpan(start);
        string? ns = null;
        if (rest is ["namespaces", _, not ("status" or "finalize"), ..])
        {
            ns = Uri.UnescapeDataString(rest[1]);
            rest = rest[2..];
        }

        var name = rest.Length > 1 ? Uri.UnescapeDataString(rest[1]) : null;
        var part = rest.Length > 2 ? string.Join('/', rest[2..].ToArray()) : null;
        var kind = ResourceKinds.Find(group, version, rest[0]);
        return new ApiPath(kind, group, rest[0], kind is { Namespaced: false } ? null : ns, name, part);
    }
}
