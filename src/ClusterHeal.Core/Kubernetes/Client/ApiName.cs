namespace ClusterHeal.Kubernetes;

/// <summary>The names of objects and namespaces, which the library puts into paths as they are.</summary>
internal static class ApiName
{
    /// <summary>False for a name that no object can have, because in a path it would look like something else.</summary>
    public static bool IsPossible(string name) =>
        name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '%') < 0;

    /// <summary>A name as a part of a path.</summary>
    /// <param name="name">The name.</param>
    /// <param name="request">What it is for.</param>
    /// <param name="connection">The server.</param>
    /// <exception cref="KubernetesException">Nothing can have that name.</exception>
    public static string Segment(string name, ApiRequest request, KubernetesConnection connection) =>
        IsPossible(name) ? Uri.EscapeDataString(name) : throw ApiFaults.NoName(connection, request, name);
}
