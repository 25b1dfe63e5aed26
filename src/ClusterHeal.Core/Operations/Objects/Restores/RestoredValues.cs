using System.Runtime.CompilerServices;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Reads the bytes of objects in a given order, some at a time, decrypts them, and brings definitions into the form that servers accept. The bytes
/// are in memory only, and not longer than needed.
/// </summary>
/// <param name="path">The snapshot.</param>
/// <param name="keys">The keys.</param>
internal sealed class RestoredValues(string path, EncryptionConfiguration keys)
{
    private const long MostBytes = 64 << 20;

    /// <summary>Returns objects with their decrypted bytes; null and the reason if they cannot be read or decrypted.</summary>
    /// <param name="objects">The objects, in the order in which they are returned.</param>
    /// <param name="source">The listed object.</param>
    /// <param name="sink">Gets an error for each that is no longer there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<(T Object, byte[]? Value, string? Problem)> ReadAsync<T>(
        IReadOnlyList<T> objects, Func<T, EtcdSnapshotObject> source, IOperationSink sink, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        for (var start = 0; start < objects.Count;)
        {
            var (end, bytes) = (start, 0L);
            while (end < objects.Count && (end == start || bytes + source(objects[end]).Size <= MostBytes)) bytes += source(objects[end++]).Size;
            var batch = objects.Skip(start).Take(end - start).ToList();
            Dictionary<EtcdSnapshotObject, byte[]> values = new(ReferenceEqualityComparer.Instance);
            await foreach (var stored in StoredValues.ReadAsync(path, [.. batch.Select(source)], sink, cancellationToken).ConfigureAwait(false))
                values[stored.Object] = stored.Value;
            foreach (var next in batch)
            {
                if (!values.Remove(source(next), out var value)) continue;
                var (plain, problem) = keys.DecryptIfEncrypted(value, source(next).Key);
                yield return (next, plain is null ? null : StoredDefinition.AsServed(plain), problem);
            }

            start = end;
        }
    }
}
