using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Makes an API server read stored protobuf: a dry run of a creation returns the object as JSON and changes nothing. An object that exists already is
/// tried under another name; one whose namespace is gone, in the namespace default.
/// </summary>
/// <param name="client">The API server.</param>
internal sealed class DryRunReader(KubernetesClient client)
{
    private const string AnyNamespace = "default";

    private ServedResources? _served;

    /// <summary>Reads a value.</summary>
    /// <param name="found">The object.</param>
    /// <param name="value">Its value in protobuf, decrypted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The object as JSON, under its own name and namespace; or why the server could not read it.</returns>
    /// <exception cref="KubernetesException">The server does not answer.</exception>
    public async Task<(byte[]? Json, string? Problem)> ReadAsync(EtcdSnapshotObject found, byte[] value, CancellationToken cancellationToken)
    {
        var (apiVersion, kind) = TypeOf(value);
        _served ??= await ApiDiscovery.AskAsync(client, cancellationToken).ConfigureAwait(false);
        var resource = _served.Resources.FirstOrDefault(r => r.Kind == kind && r.Group == RestoredObject.GroupOf(apiVersion) && r.Verbs.Contains("create"));
        if (resource is null) return (null, $"the API server serves no {kind} of {apiVersion}");
        resource = resource with { Version = apiVersion.Split('/')[^1] };
        var (rewrite, tries) = (new MetadataRewrite(), 3);
        while (true)
        {
            try
            {
                var nameSpace = rewrite.Namespace ?? found.Namespace;
                var write = new ObjectWrite(resource, nameSpace, found.Name, rewrite.Apply(value)) { IsTrial = true };
                return (await client.WriteAsync(write, cancellationToken).ConfigureAwait(false), null);
            }
            catch (KubernetesException e) when (e.StatusCode is >= 400 and < 500 && --tries == 0)
            {
                return (null, Words(found, value, e));
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
                return (null, Words(found, value, e));
            }
        }
    }

    private static (string ApiVersion, string Kind) TypeOf(byte[] value)
    {
        var envelope = StorageEnvelope.Open(value);
        return (envelope.ApiVersion, envelope.Kind);
    }

    /// <summary>A webhook may quote what it refuses.</summary>
    private static string Words(EtcdSnapshotObject found, byte[] value, KubernetesException refusal)
    {
        var said = refusal.ServerMessage ?? refusal.Message;
        var isSecret = found.Resource == "secrets";
        if (isSecret || found.Encryption.Length > 0) said = Confidential.Guard(said, value, isSecret);
        return $"the API server does not take it even for a trial: {said}";
    }
}
