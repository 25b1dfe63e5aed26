using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// What has to be changed in an object before it can be created again: its owners have other uids, and some fields name what was true only then. Each
/// change that somebody may miss has a note.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="live">What the live cluster has.</param>
/// <param name="isPlanned">Whether an object is restored, too.</param>
internal sealed class RestoreRewrites(KubernetesClient client, LiveObjects live, Func<LiveName, bool> isPlanned)
{
    private const string AccountName = "kubernetes.io/service-account.name", AccountUid = "kubernetes.io/service-account.uid";

    /// <summary>Finalizers that a deletion left. They would only turn the next deletion into another kind.</summary>
    private static readonly string[] DeletionFinalizers = ["foregroundDeletion", "orphan"];

    private static readonly string[] BoundClaim = ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"];

    private static readonly string[] JobLabels = ["controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name"];

    /// <summary>Makes the rewrite of an object.</summary>
    /// <param name="restored">The object.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="replaces">True if it replaces a live object.</param>
    /// <param name="isTrial">True in a dry run: owners that will be restored do not exist yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The rewrite and its notes.</returns>
    public async Task<(MetadataRewrite Rewrite, IReadOnlyList<string> Notes)> MakeAsync(
        RestoredObject restored, byte[] value, bool replaces, bool isTrial, CancellationToken cancellationToken)
    {
        List<string> notes = [];
        var rewrite = new MetadataRewrite
        {
            Name = restored.Name == restored.Metadata.Name ? null : restored.Name,
            Namespace = restored.Namespace == restored.Metadata.Namespace ? null : restored.Namespace,
            Owners = await OwnersAsync(restored, isTrial, notes, cancellationToken).ConfigureAwait(false),
            WithoutFinalizers = DeletionFinalizers,
        };
        if (restored.Metadata.DeletionTimestamp is not null) notes.Add("It was being deleted when the snapshot was taken.");
        rewrite = restored.Resource switch
        {
            "secrets" => await SecretAsync(restored, rewrite, notes, cancellationToken).ConfigureAwait(false),
            "persistentvolumes" => await VolumeAsync(value, rewrite, notes, cancellationToken).ConfigureAwait(false),
            "persistentvolumeclaims" when !replaces => await ClaimAsync(restored, value, rewrite, notes, cancellationToken).ConfigureAwait(false),
            "pods" when !replaces => rewrite with { WithoutFields = [StoredField.NodeName, StoredField.EphemeralContainers] },
            "jobs" when !replaces && StorageEnvelope.Open(value).TextOf(StoredField.JobManualSelector) != "true" =>
                rewrite with { WithoutFields = [StoredField.JobSelector, .. JobLabels.Select(StoredField.JobPodLabel)] },
            _ => rewrite,
        };
        return (rewrite, notes);
    }

    private async Task<Dictionary<string, string>> OwnersAsync(RestoredObject restored, bool isTrial, List<string> notes, CancellationToken cancellationToken)
    {
        Dictionary<string, string> uids = [];
        foreach (var owner in restored.Metadata.Owners)
        {
            var resource = await live.ResourceAsync(RestoredObject.GroupOf(owner.ApiVersion), owner.Kind, cancellationToken).ConfigureAwait(false);
            var name = restored.OwnerName(owner, resource?.IsNamespaced ?? true);
            if (await live.TryFindAsync(name, cancellationToken).ConfigureAwait(false) is { } found) uids[owner.Uid] = found.Uid;
            else if (!isTrial || !isPlanned(name)) notes.Add($"Its owner {owner} is not in the cluster, and was taken out of it.");
        }

        return uids;
    }

    /// <summary>A token has the uid of its account. The tokens controller deletes one whose account has another uid, and fills an empty one.</summary>
    private async Task<MetadataRewrite> SecretAsync(RestoredObject restored, MetadataRewrite rewrite, List<string> notes, CancellationToken cancellationToken)
    {
        var annotations = restored.Metadata.Annotations;
        if (!annotations.TryGetValue(AccountName, out var account) || !annotations.TryGetValue(AccountUid, out var uid)) return rewrite;
        var found = await live.TryFindAsync(new LiveName("", "ServiceAccount", restored.Namespace, account), cancellationToken).ConfigureAwait(false);
        if (found?.Uid == uid) return rewrite;
        notes.Add($"The service account {account} has another uid now: the old token is void, and the controller manager writes a new one into this Secret.");
        return rewrite with { WithoutAnnotations = [AccountUid], WithoutFields = [StoredField.SecretData] };
    }

    /// <summary>A volume whose claim has another uid counts as released. If its policy says so, it is then deleted with its data.</summary>
    private async Task<MetadataRewrite> VolumeAsync(byte[] value, MetadataRewrite rewrite, List<string> notes, CancellationToken cancellationToken)
    {
        var (nameSpace, name, uid) = ClaimOf(value);
        if (uid.Length == 0) return rewrite;
        var claim = await live.TryFindAsync(new LiveName("", "PersistentVolumeClaim", nameSpace, name), cancellationToken).ConfigureAwait(false);
        if (claim?.Uid == uid) return rewrite;
        notes.Add($"It is kept for the claim {nameSpace}/{name}, whatever uid that has.");
        return rewrite with { WithoutFields = [StoredField.ClaimUid, StoredField.ClaimRevision] };
    }

    private async Task<MetadataRewrite> ClaimAsync(
        RestoredObject restored, byte[] value, MetadataRewrite rewrite, List<string> notes, CancellationToken cancellationToken)
    {
        // With these the claim would count as lost, because its volume names another uid.
        rewrite = rewrite with { WithoutAnnotations = BoundClaim };
        var volume = StorageEnvelope.Open(value).TextOf(StoredField.VolumeName);
        if (volume.Length == 0 || isPlanned(new LiveName("", "PersistentVolume", "", volume))) return rewrite;
        if (await live.ResourceAsync("", "PersistentVolume", cancellationToken).ConfigureAwait(false) is not { } resource) return rewrite;
        byte[]? found;
        try
        {
            found = await client.ReadAsync(resource, "", volume, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            notes.Add($"Whether its volume {volume} still exists may not be looked at.");
            return rewrite;
        }

        if (found is null)
        {
            notes.Add($"Its volume {volume} is gone, so it gets a new and empty one: a snapshot of etcd has no data of volumes.");
            return rewrite with { WithoutFields = [StoredField.VolumeName] };
        }

        if (JsonFields.Parse(found)["spec"]?["claimRef"] is not JsonObject claim) return rewrite;
        if ((string?)claim["namespace"] != restored.Namespace || (string?)claim["name"] != restored.Name)
        {
            notes.Add($"Its volume {volume} belongs to the claim {claim["namespace"]}/{claim["name"]}, so it gets a new and empty one.");
            return rewrite with { WithoutFields = [StoredField.VolumeName] };
        }

        if (claim["uid"] is not null)
        {
            notes.Add($"Its volume {volume} waits for the claim of before. To bind it: "
                + $"kubectl patch pv {volume} --type=json -p '[{{\"op\":\"remove\",\"path\":\"/spec/claimRef/uid\"}}]'");
        }

        return rewrite;
    }

    private static (string Namespace, string Name, string Uid) ClaimOf(byte[] value)
    {
        var envelope = StorageEnvelope.Open(value);
        return (envelope.TextOf(StoredField.ClaimNamespace), envelope.TextOf(StoredField.ClaimName), envelope.TextOf(StoredField.ClaimUid));
    }
}
