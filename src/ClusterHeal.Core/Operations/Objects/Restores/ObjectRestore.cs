using System.Globalization;
using System.Text.Json;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Creates objects of a snapshot again through the API server. Unless asked for, existing objects stay as they are, and nothing is ever deleted. So
/// there is nothing to undo, and the same call again continues an interrupted one.
/// </summary>
public sealed record ObjectRestore
{
    /// <summary>How often in a row the server may fail to answer.</summary>
    private const int MostSilent = 3;

    /// <summary>The API server.</summary>
    public required KubernetesClient Client { get; init; }

    /// <summary>The namespace where objects go; null for their own.</summary>
    public string? ToNamespace { get; init; }

    /// <summary>True to replace live objects.</summary>
    public bool Replace { get; init; }

    /// <summary>True to accept a snapshot that is not proven.</summary>
    public bool SkipHashCheck { get; init; }

    /// <summary>The file with the keys of encryption at rest; null for none.</summary>
    public string? EncryptionConfigurationFile { get; init; }

    /// <summary>Restores objects of one snapshot. All are tried first, and nothing is changed before the user said yes.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="objects">The objects, from <see cref="SnapshotObjectQuery"/>.</param>
    /// <param name="sink">
    /// Gets a <see cref="ClusterObjectRestore"/> for each object, and an error for each that could not be restored. If the user said no, these are
    /// the results of the dry run.
    /// </param>
    /// <param name="cancellationToken">Ends it. What was created stays.</param>
    /// <exception cref="ClusterHealException">The snapshot is damaged, the file of keys is not usable, or the server does not answer.</exception>
    public async Task RunAsync(string path, IReadOnlyCollection<EtcdSnapshotObject> objects, IOperationSink sink, CancellationToken cancellationToken)
    {
        if (objects.Count == 0) return;
        var keys = EncryptionConfiguration.ReadIfNamed(EncryptionConfigurationFile);
        var uid = await Task.Run(() => Prove(path, cancellationToken), cancellationToken).ConfigureAwait(false);
        var values = new RestoredValues(path, keys);
        var live = new LiveObjects(Client);
        await WarnOfAnotherClusterAsync(path, uid, live, sink, cancellationToken).ConfigureAwait(false);
        List<RestoredObject> read = [];
        EtcdSnapshotObject[] listed = [.. objects.Where(found => !found.IsDeleted).DistinctBy(found => (found.Key, found.Revision))];
        foreach (var deletion in objects.Where(found => found.IsDeleted))
            Report(path, new RestoredObject { Source = deletion, Namespace = deletion.Namespace, Name = deletion.Name }, Deletion, sink);
        await foreach (var (found, value, problem) in values.ReadAsync(listed, found => found, sink, cancellationToken).ConfigureAwait(false)) read.Add(Describe(found, value, problem));

        var plan = new RestorePlan { Replace = Replace };
        await plan.AddAsync(RestoreOrder.Sort(read), live, cancellationToken).ConfigureAwait(false);
        var trial = await TryAllAsync(values, live, plan, sink, cancellationToken).ConfigureAwait(false);
        var (created, replaced, failed) = (Count(ClusterObjectOutcome.CouldBeCreated, ClusterObjectOutcome.NotTried), Count(ClusterObjectOutcome.CouldBeReplaced), Count(ClusterObjectOutcome.Failed));
        var action = $"create {created} and replace {replaced} object(s) of '{path}'" + (failed > 0 ? $" ({failed} cannot be restored)" : "");
        var isWanted = created + replaced > 0 && await sink.ConfirmAsync(Client.Connection.ToString(), action, cancellationToken).ConfigureAwait(false);
        foreach (var (restored, outcome) in plan.LeftOut) Report(path, restored, outcome, sink);
        if (isWanted) await RestoreAllAsync(path, values, plan, sink, cancellationToken).ConfigureAwait(false);
        else foreach (var (restored, outcome) in trial) Report(path, restored, outcome, sink);

        int Count(params ClusterObjectOutcome[] outcomes) => trial.Count(tried => outcomes.Contains(tried.Outcome.Outcome));
    }

    private static RestoreOutcome Deletion { get; } = new(ClusterObjectOutcome.Failed)
    {
        Problem = "It is a deletion: nothing is stored at that revision.",
        Remedy = "Take the revision before it (Get-EtcdSnapshotObject -History).",
        Category = FaultCategory.InvalidArgument,
    };

    private async Task<List<(RestoredObject Object, RestoreOutcome Outcome)>> TryAllAsync(
        RestoredValues values, LiveObjects live, RestorePlan plan, IOperationSink sink, CancellationToken cancellationToken)
    {
        var pass = new RestorePass(Client, live, plan, isTrial: true);
        List<(RestoredObject, RestoreOutcome)> tried = [];
        await foreach (var (restored, value, problem) in values.ReadAsync(plan.Objects, o => o.Source, sink, cancellationToken).ConfigureAwait(false))
        {
            Progress("Try objects", restored, tried.Count, plan, sink);
            tried.Add((restored, value is null ? Unreadable(problem) : await pass.RestoreAsync(restored, value, cancellationToken).ConfigureAwait(false)));
        }

        return tried;
    }

    private async Task RestoreAllAsync(string path, RestoredValues values, RestorePlan plan, IOperationSink sink, CancellationToken cancellationToken)
    {
        var pass = new RestorePass(Client, new LiveObjects(Client), plan, isTrial: false);
        var (done, silent) = (0, 0);
        try
        {
            await foreach (var (restored, value, problem) in values.ReadAsync(plan.Objects, o => o.Source, sink, cancellationToken).ConfigureAwait(false))
            {
                Progress("Restore objects", restored, done, plan, sink);
                RestoreOutcome outcome;
                try
                {
                    outcome = value is null ? Unreadable(problem)
                        : silent == MostSilent ? new RestoreOutcome(ClusterObjectOutcome.Failed) { Problem = "It was not tried: the API server did not answer any more.", Category = FaultCategory.Connection }
                        : await pass.RestoreAsync(restored, value, cancellationToken).ConfigureAwait(false);
                    if (silent < MostSilent) silent = 0;
                }
                catch (KubernetesException e)
                {
                    silent++;
                    outcome = new RestoreOutcome(ClusterObjectOutcome.Failed) { Problem = e.Message, Remedy = e.Remedy, Category = e.Category };
                }

                Report(path, restored, outcome, sink);
                done++;
            }
        }
        catch (OperationCanceledException)
        {
            sink.Warning($"Stopped after {done} of {plan.Objects.Count} object(s); one that was being written may be there too. What was restored stays. "
                + "The same command restores the others: what is there is left as it is.");
            throw;
        }
    }

    private void Report(string path, RestoredObject restored, RestoreOutcome outcome, IOperationSink sink)
    {
        sink.Emit(new ClusterObjectRestore
        {
            Path = path, ClusterName = Client.Connection.ClusterName, Resource = restored.Resource, Kind = restored.Kind, Namespace = restored.Namespace, Name = restored.Name,
            Revision = restored.Source.Revision, Outcome = outcome.Outcome, Uid = outcome.Uid, Notes = [.. outcome.Notes], Changes = [.. outcome.Changes], Problem = outcome.Problem,
        });
        if (outcome.Outcome != ClusterObjectOutcome.Failed) return;
        sink.Fail(new ClusterHealException(
            ErrorIds.ObjectNotRestored, outcome.Category, $"{restored.FullName} of '{path}' cannot be restored in {Client.Connection}. {outcome.Problem}", restored.FullName, outcome.Remedy));
    }

    private RestoredObject Describe(EtcdSnapshotObject found, byte[]? value, string? problem)
    {
        var isEncrypted = found.Form == StoredObjectForm.Encrypted;
        var nowhere = new RestoredObject { Source = found, Namespace = Target(found.Namespace), Name = found.Name, Kind = found.Kind };
        if (value is null) return nowhere with { Problem = problem };
        var envelope = StorageEnvelope.Open(value);
        if (StorageMetadata.Read(envelope) is not { } metadata) return nowhere with { Problem = envelope.Problem ?? "has damaged metadata" };
        try
        {
            return nowhere with
            {
                Kind = envelope.Kind, ApiVersion = envelope.ApiVersion, Metadata = metadata, Namespace = Target(metadata.Namespace),
                Name = envelope.Kind == "Namespace" && ToNamespace is not null ? ToNamespace : metadata.Name,
                IsConfidential = isEncrypted || found.Resource == "secrets", IsFinished = IsFinished(found.Resource, envelope),
            };
        }
        catch (JsonException)
        {
            return nowhere with { Problem = "has a text or a name that no object can have" };
        }
    }

    private string Target(string nameSpace) => nameSpace.Length > 0 && ToNamespace is not null ? ToNamespace : nameSpace;

    private static bool IsFinished(string resource, StorageEnvelope envelope) => resource switch
    {
        "pods" => envelope.TextOf(StoredField.PodPhase) is "Succeeded" or "Failed",
        "jobs" => envelope.TextsOf(StoredField.JobConditionType).Zip(envelope.TextsOf(StoredField.JobConditionStatus)).Any(c => c is ("Complete" or "Failed", "True")),
        _ => false,
    };

    private static RestoreOutcome Unreadable(string? problem) =>
        new(ClusterObjectOutcome.Failed) { Problem = $"It {problem}.", Category = FaultCategory.InvalidData };

    private static void Progress(string activity, RestoredObject restored, int done, RestorePlan plan, IOperationSink sink) => sink.Progress(
        new OperationProgress(activity, string.Create(CultureInfo.InvariantCulture, $"{restored.FullName}, {done} of {plan.Objects.Count}"), 100 * done / plan.Objects.Count));

    /// <summary>Refuses a snapshot that is not what the server sent: a changed byte would become part of a live object.</summary>
    /// <returns>The uid of its namespace kube-system.</returns>
    private string Prove(string path, CancellationToken cancellationToken)
    {
        using var file = SnapshotFile.Open(path);
        var objects = new SnapshotObjects(file, new ObjectFilter());
        objects.Index(null, cancellationToken);
        if (SkipHashCheck) return objects.ClusterUid;
        if (objects.Damage is { } damage) throw damage;
        var proof = SnapshotProof.Of(path, file.ComputeSum(cancellationToken));
        if (proof.Holds == true) return objects.ClusterUid;
        throw new ClusterHealException(
            proof.Holds is null ? ErrorIds.SnapshotHashMissing : ErrorIds.SnapshotHashMismatch,
            FaultCategory.VerificationFailed,
            $"The snapshot '{path}' is not proven. {proof.Message} Nothing was restored.",
            path,
            proof.Holds is null
                ? "Use a file of Save-EtcdSnapshot or 'etcdctl snapshot save'. For a copy of a member's db file, add -SkipHashCheck."
                : "Use another copy of this snapshot. To restore what can be read of this one, add -SkipHashCheck, and look at each object.");
    }

    private async Task WarnOfAnotherClusterAsync(string path, string uid, LiveObjects live, IOperationSink sink, CancellationToken cancellationToken)
    {
        var here = (await live.TryFindAsync(new LiveName("", "Namespace", "", "kube-system"), cancellationToken).ConfigureAwait(false))?.Uid ?? "";
        OtherCluster.Warn(path, uid, Client.Connection.ToString(), here, sink);
    }
}
