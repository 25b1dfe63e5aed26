using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Has an API server read stored protobuf: a creation for a trial (dry run) answers with the object as JSON and changes nothing. What is
/// there already is tried under a name of its own, and what is of a namespace that is gone in the namespace default.
/// </summary>
/// <param name="client">The API server.</param>
internal sealed class DryRunReader(KubernetesClient client)
{
    private const string AnyNamespace = "default";

    private ServedResources? _served;

    /// <summary>Reads a value.</summary>
    /// <param name="stored">A value in protobuf.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The object as JSON, under its own name and namespace; or why the server could not read it.</returns>
    /// <exception cref="KubernetesException">The server does not answer.</exception>
    public async Task<(byte[]? Json, string? Problem)> ReadAsync(StoredValue stored, CancellationToken cancellationToken)
    {
        var found = stored.Object;
        _served ??= await ApiDiscovery.AskAsync(client, cancellationToken).ConfigureAwait(false);
        var resource = _served.Resources.FirstOrDefault(r => r.Kind == found.Kind && r.Group == GroupOf(found.ApiVersion) && r.Verbs.Contains("create"));
        if (resource is null) return (null, $"the API server serves no {found.Kind} of {found.ApiVersion}");
        resource = resource with { Version = found.ApiVersion.Split('/')[^1] };
        var (rewrite, tries) = (new MetadataRewrite(), 3);
        while (true)
        {
            try
            {
                var nameSpace = rewrite.Namespace ?? found.Namespace;
                var write = new ObjectWrite(resource, nameSpace, found.Name, rewrite.Apply(stored.Value)) { IsTrial = true };
                return (await client.WriteAsync(write, cancellationToken).ConfigureAwait(false), null);
            }
            catch (KubernetesException e) when (e.StatusCode is >= 400 and < 500 && --tries == 0)
            {
                return (null, Words(e));
            }
            catch (KubernetesException e) when (e.StatusCode == 409 && rewrite.Name is null)
            {
                rewrite = rewrite with { Name = $"clusterheal-{Guid.NewGuid():n}" };
            }
            catch (KubernetesException e) when (e.StatusCode == 404 && found.Namespace.Length > 0 && rewrite.Namespace is null)
            {
                rewrite = rewrite with { Namespace = AnyNamespace };
            }
            catch (KubernetesException e) when (e.StatusCode is >= 400 and < 500)
            {
                return (null, Words(e));
            }
        }
    }

    private static string GroupOf(string apiVersion) => apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion.Split('/')[0] : "";

    private static string Words(KubernetesException refusal) => $"the API server does not take it even for a trial: {refusal.ServerMessage ?? refusal.Message}";
}
