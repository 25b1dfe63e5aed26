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

    private static readonly StoredField[] Fields =
    [
        StoredField.SecretData, StoredField.ClusterIP, StoredField.ClusterIPs, StoredField.NodePort, StoredField.NodeName, StoredField.VolumeName, StoredField.ClaimUid,
        StoredField.JobSelector, StoredField.JobPodLabel("controller-uid"),
    ];

    private static readonly EncryptionKey[] Keys = [.. new[] { "aescbc", "aesgcm", "secretbox" }.Select(provider => new EncryptionKey(provider, "key1", new byte[32]))];

    private static FuzzOutcome Read(byte[] input)
    {
        // Random bytes fit no key; aescbc has no checksum, so it may open what makes no sense.
        foreach (var key in Keys)
        {
            if (key.Open(input, "/registry/x") is not null && key.Provider != "aescbc") throw new UntrueException($"{key} opened what nobody sealed");
        }

        var envelope = StorageEnvelope.Open(input);
        if ((envelope.Form == StoredObjectForm.Unknown) != (envelope.Problem is not null)) throw new UntrueException("an unknown form without a problem, or the other way round");
        _ = StoredLease.RenewTime(input);
        if (StorageMetadata.Read(envelope) is not { } metadata) return FuzzOutcome.Refused;
        var served = StoredDefinition.AsServed(input);
        if (!ReferenceEquals(served, input))
        {
            if (StorageEnvelope.Open(served) is not { ApiVersion: "apiextensions.k8s.io/v1", Form: StoredObjectForm.Json }) throw new UntrueException("a definition that is none any more as v1");
            input = served;
            envelope = StorageEnvelope.Open(served);
        }

        if (envelope.Form == StoredObjectForm.Json)
        {
            try
            {
                Manifest.Write(envelope.Body, ManifestFormat.Yaml);
                Rewrite(input, metadata);
            }
            catch (JsonException)
            {
                return FuzzOutcome.Refused;
            }

            return FuzzOutcome.Taken;
        }

        Rewrite(input, metadata);
        return FuzzOutcome.Taken;
    }

    private static void Rewrite(byte[] input, StorageMetadata metadata)
    {
        var rewrite = new MetadataRewrite
        {
            Name = "other", WithoutFields = Fields, WithoutFinalizers = ["orphan"],
            Owners = metadata.Owners.Take(1).Where(owner => owner.Uid.Length > 0).ToDictionary(owner => owner.Uid, _ => "live"),
        };
        var request = StorageEnvelope.Open(rewrite.Apply(input));
        var rewritten = StorageMetadata.Read(request) ?? throw new UntrueException($"readable, and not when it was rewritten: {request.Problem}");
        if (rewritten.Name != "other" || rewritten.Uid.Length > 0 || rewritten.CreationTimestamp is not null) throw new UntrueException("rewritten, and a field of the server stays");
        if (rewritten.Owners.Any(owner => owner.Uid != "live")) throw new UntrueException("rewritten, and an owner that is gone stays");
        if (!metadata.Labels.OrderBy(l => l.Key).SequenceEqual(rewritten.Labels.OrderBy(l => l.Key))) throw new UntrueException("rewritten, and the labels are others");
        foreach (var field in Fields.Where(field => field.Entry is null))
        {
            if (request.TextsOf(field).Count > 0 && request.Form == StoredObjectForm.Json) throw new UntrueException("rewritten, and a field that was taken out stays");
        }
    }
}
