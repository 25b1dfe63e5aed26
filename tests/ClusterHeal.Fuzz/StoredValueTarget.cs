using System.Text.Json;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

namespace ClusterHeal.Fuzz;

/// <summary>Values of etcd with wrong bytes: what is called readable has to be so after all that is made of it.</summary>
/// <param name="seeds">Good values.</param>
internal sealed class StoredValueTarget(IReadOnlyList<byte[]> seeds) : IFuzzTarget
{
    private static readonly byte[][] Heads = ["k8s:enc:aescbc:v1:key1:"u8.ToArray(), "k8s\u0001"u8.ToArray(), [0xef, 0xbb, 0xbf]];

    /// <inheritdoc/>
    public string Name => "stored";

    /// <inheritdoc/>
    public byte[] Make(Random random, int longest)
    {
        var bytes = seeds[random.Next(seeds.Count)].ToArray();
        // Most of the metadata is at the beginning.
        var part = random.Next(3) > 0 ? bytes.AsSpan(0, Math.Min(bytes.Length, 400)) : bytes;
        ByteMutation.Change(part, random);
        if (random.Next(10) == 0) bytes = [.. Heads[random.Next(Heads.Length)], .. bytes];
        return random.Next(5) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    /// <inheritdoc/>
    public Task<FuzzOutcome> ReadAsync(byte[] input, CancellationToken cancellationToken) => Task.FromResult(Read(input));

    private static FuzzOutcome Read(byte[] input)
    {
        var envelope = StorageEnvelope.Open(input);
        if ((envelope.Form == StoredObjectForm.Unknown) != (envelope.Problem is not null)) throw new UntrueException("an unknown form without a problem, or the other way round");
        _ = StoredLease.RenewTime(input);
        if (StorageMetadata.Read(envelope) is not { } metadata) return FuzzOutcome.Refused;
        if (envelope.Form == StoredObjectForm.Json)
        {
            try
            {
                Manifest.Write(envelope.Body, ManifestFormat.Yaml);
            }
            catch (JsonException)
            {
                return FuzzOutcome.Refused;
            }

            return FuzzOutcome.Taken;
        }

        var request = StorageEnvelope.Open(new MetadataRewrite { Name = "other" }.Apply(input));
        var rewritten = StorageMetadata.Read(request) ?? throw new UntrueException($"readable, and not when it was rewritten: {request.Problem}");
        if (rewritten.Uid.Length > 0 || rewritten.Owners.Count > 0 || rewritten.CreationTimestamp is not null) throw new UntrueException("rewritten, and a field of the server stays");
        if (!metadata.Labels.OrderBy(l => l.Key).SequenceEqual(rewritten.Labels.OrderBy(l => l.Key))) throw new UntrueException("rewritten, and the labels are others");
        return FuzzOutcome.Taken;
    }
}
