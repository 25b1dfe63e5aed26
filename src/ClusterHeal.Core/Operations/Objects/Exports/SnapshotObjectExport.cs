using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Common;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Writes objects of a snapshot as manifests: one file each, in a folder for each namespace, with a folder for each resource in it. Only their owner
/// can read the files, because there may be Secrets among them.
/// </summary>
public sealed record SnapshotObjectExport
{
    /// <summary>No namespace can have this name.</summary>
    private const string WithoutNamespace = "_cluster";

    /// <summary>The folder. It is created if it does not exist.</summary>
    public required string Destination { get; init; }

    /// <summary>How manifests are written.</summary>
    public ManifestFormat Format { get; init; }

    /// <summary>True to replace files that exist.</summary>
    public bool Force { get; init; }

    /// <summary>The API server that reads objects stored as protobuf. Without one such objects are written as they are stored.</summary>
    public KubernetesClient? Client { get; init; }

    /// <summary>The file with the keys of encryption at rest, which makes manifests of encrypted objects, too; null for none.</summary>
    public string? EncryptionConfigurationFile { get; init; }

    /// <summary>Writes objects of one snapshot.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="objects">The objects, from <see cref="SnapshotObjectQuery"/>.</param>
    /// <param name="sink">Is asked first; gets an <see cref="EtcdSnapshotObjectFile"/> for each, and a warning for those that are no manifests.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The snapshot cannot be read, or the folder cannot be written.</exception>
    public async Task RunAsync(string path, IReadOnlyCollection<EtcdSnapshotObject> objects, IOperationSink sink, CancellationToken cancellationToken)
    {
        var keys = EncryptionConfiguration.ReadIfNamed(EncryptionConfigurationFile);
        var action = $"write {objects.Count} object(s) of '{path}' as files";
        if (objects.Count == 0 || !await sink.ConfirmAsync($"folder '{Destination}'", action, cancellationToken).ConfigureAwait(false)) return;
        var (reader, raw) = (Client is null ? null : new DryRunReader(Client), 0);
        await foreach (var stored in StoredValues.ReadAsync(path, objects, sink, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var (manifest, problem) = await TurnAsync(stored, keys, reader, cancellationToken).ConfigureAwait(false);
                var file = Write(stored, manifest, problem);
                if (!file.IsManifest) raw++;
                sink.Emit(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                sink.Fail(FileFault.From(e, Destination, "write"));
            }
            catch (ClusterHealException e) when (e.ErrorId == ErrorIds.PathExists)
            {
                sink.Fail(e);
            }
        }

        if (raw > 0)
        {
            sink.Warning($"{raw} object(s) were written as they are stored (.bin), not as manifests: their Problem says why."
                + (Client is null ? " An API server turns its own kinds into manifests: name one with -Kubeconfig." : ""));
        }
    }

    private async Task<(byte[]? Manifest, string? Problem)> TurnAsync(
        StoredValue stored, EncryptionConfiguration keys, DryRunReader? reader, CancellationToken cancellationToken)
    {
        var (plain, encrypted) = keys.DecryptIfEncrypted(stored.Value, stored.Object.Key);
        if (plain is null) return (null, $"it {encrypted}");
        var value = StoredDefinition.AsServed(plain);
        var envelope = StorageEnvelope.Open(value);
        byte[]? json;
        switch (envelope.Form)
        {
            case StoredObjectForm.Json:
                json = envelope.Body.ToArray();
                break;
            case StoredObjectForm.Protobuf when reader is null:
                return (null, "it is stored as protobuf, which only an API server turns into a manifest");
            case StoredObjectForm.Protobuf:
                (json, var problem) = await reader.ReadAsync(stored.Object, value, cancellationToken).ConfigureAwait(false);
                if (json is null) return (null, problem);
                json = WithItsName(json, stored.Object);
                break;
            default:
                return (null, $"its value {envelope.Problem}");
        }

        try
        {
            return (Manifest.Write(json, Format), null);
        }
        catch (JsonException)
        {
            // Without the reader's message, which quotes the text.
            return (null, "it nests deeper than a manifest can, or its JSON is damaged");
        }
    }

    /// <summary>The dry run may have used another name.</summary>
    private static byte[] WithItsName(byte[] json, EtcdSnapshotObject found)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node["metadata"]!["name"] = found.Name;
        if (found.Namespace.Length > 0) node["metadata"]!["namespace"] = found.Namespace;
        return JsonSerializer.SerializeToUtf8Bytes(node);
    }

    private EtcdSnapshotObjectFile Write(StoredValue stored, byte[]? manifest, string? problem)
    {
        var found = stored.Object;
        OwnerOnly.MakeFolder(Destination);
        var folder = Destination;
        foreach (var name in new[] { found.Namespace.Length > 0 ? SafeFileName.Of(found.Namespace) : WithoutNamespace, SafeFileName.Of(found.Resource) })
        {
            folder = Path.Combine(folder, name);
            OwnerOnly.MakeFolder(folder);
        }

        var extension = manifest is null ? "bin" : Format == ManifestFormat.Json ? "json" : "yaml";
        var path = Path.Combine(folder, $"{SafeFileName.Of(found.Name)}.{extension}");
        if (File.Exists(path) && !Force) throw Exists(path);
        var part = DurableFile.PartFor(path);
        try
        {
            using (var stream = DurableFile.Create(part))
            {
                stream.Write(manifest ?? stored.Value);
                stream.Flush(flushToDisk: true);
            }

            DurableFile.Publish(part, path, Force);
        }
        finally
        {
            File.Delete(part);
        }

        return new EtcdSnapshotObjectFile
        {
            Path = path, SnapshotPath = found.Path, Resource = found.Resource, Namespace = found.Namespace, Name = found.Name, Revision = found.Revision,
            IsManifest = manifest is not null, Problem = problem,
        };
    }

    private static ClusterHealException Exists(string path) => new(
        ErrorIds.PathExists, FaultCategory.AlreadyExists, $"'{path}' is there already, and was left as it is.", path, "Name another folder, or replace files with -Force.");
}
