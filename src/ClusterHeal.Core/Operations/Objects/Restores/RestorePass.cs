using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Goes through objects once: as a dry run, in which the server says what it would do and does nothing, or to restore them.</summary>
/// <param name="client">The API server.</param>
/// <param name="live">What the live cluster has, asked for this pass.</param>
/// <param name="plan">Objects that will be restored, and how.</param>
/// <param name="isTrial">True for a dry run.</param>
internal sealed class RestorePass(KubernetesClient client, LiveObjects live, RestorePlan plan, bool isTrial)
{
    private const string AnyNamespace = "default";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly RestoreRewrites _rewrites = new(client, live, plan.IsPlanned);
    private readonly HashSet<string> _madeNamespaces = [];
    private bool _hasNewDefinitions;

    /// <summary>Restores one object.</summary>
    /// <param name="restored">The object.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="cancellationToken">Ends it. A request that was sent may take effect.</param>
    /// <exception cref="KubernetesException">The server did not answer.</exception>
    public async Task<RestoreOutcome> RestoreAsync(RestoredObject restored, byte[] value, CancellationToken cancellationToken)
    {
        try
        {
            if (isTrial && plan.IsDefinedByPlan(restored))
                return Outcome(ClusterObjectOutcome.NotTried) with { Notes = ["Its definition is not there yet, so it could not be tried."] };
            if (await FindResourceAsync(restored, cancellationToken).ConfigureAwait(false) is not { } resource) return NotServed(restored);
            var isElsewhere = false;
            if (restored.Namespace.Length > 0 && await IsMissingAsync(restored.Namespace, cancellationToken).ConfigureAwait(false))
            {
                isElsewhere = isTrial && plan.IsPlanned(new LiveName("", "Namespace", "", restored.Namespace));
                if (!isElsewhere) return NoNamespace(restored);
            }

            return await CreateAsync(restored, value, resource with { Version = restored.ApiVersion.Split('/')[^1] }, isElsewhere, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return Failed("Its JSON has a text or a name that no object can have.", null);
        }
        catch (KubernetesException e) when (e.StatusCode == 404 && e.ObjectKind == "namespaces" && restored.Resource != "namespaces")
        {
            return NoNamespace(restored);
        }
        catch (KubernetesException e) when (e.StatusCode is not null)
        {
            var refusal = RestoreRefusal.Of(restored, value, e);
            if (isTrial && e.ServerMessage?.Contains("does not support dry run", StringComparison.Ordinal) == true)
                return Outcome(ClusterObjectOutcome.NotTried) with { Notes = [$"A webhook takes no trials. {refusal.Problem}"] };
            return new RestoreOutcome(ClusterObjectOutcome.Failed) { Problem = refusal.Problem, Remedy = refusal.Remedy, Category = refusal.Category };
        }
    }

    private async Task<ServedResource?> FindResourceAsync(RestoredObject restored, CancellationToken cancellationToken) => _hasNewDefinitions
        ? await live.AwaitResourceAsync(restored.Group, restored.Kind, Patience, cancellationToken).ConfigureAwait(false)
        : await live.ResourceAsync(restored.Group, restored.Kind, cancellationToken).ConfigureAwait(false);

    /// <summary>If this cannot be seen, it is no obstacle: the server itself says so when it is asked to create something there.</summary>
    private async Task<bool> IsMissingAsync(string nameSpace, CancellationToken cancellationToken)
    {
        if (_madeNamespaces.Contains(nameSpace)) return false;
        try
        {
            return await live.FindAsync(new LiveName("", "Namespace", "", nameSpace), cancellationToken).ConfigureAwait(false) is null;
        }
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            return false;
        }
    }

    private async Task<RestoreOutcome> CreateAsync(
        RestoredObject restored, byte[] value, ServedResource resource, bool isElsewhere, CancellationToken cancellationToken)
    {
        var (rewrite, notes) = await _rewrites.MakeAsync(restored, value, replaces: false, isTrial, cancellationToken).ConfigureAwait(false);
        var attempt = new RestoreAttempt(restored, rewrite, [.. notes]);
        var isFree = false;
        if (isElsewhere)
        {
            attempt.Rewrite = rewrite with { Namespace = AnyNamespace };
            attempt.Notes.Add($"Its namespace is not there yet, so it was tried in the namespace {AnyNamespace}.");
        }

        while (true)
        {
            try
            {
                var answer = await WriteAsync(attempt, value, resource, isElsewhere ? AnyNamespace : restored.Namespace, false, cancellationToken).ConfigureAwait(false);
                return await CreatedAsync(restored, resource, UidOf(answer), attempt.Notes, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 409 && e.Reason is "AlreadyExists" or null && isElsewhere && !isFree)
            {
                attempt.Rewrite = attempt.Rewrite with { Name = $"clusterheal-{Guid.NewGuid():n}" };
                isFree = true;
            }
            catch (KubernetesException e) when (e.StatusCode == 409 && e.Reason is "AlreadyExists" or null)
            {
                return await MeetAsync(restored, value, resource, e, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 404 && e.ObjectKind != "namespaces" && _hasNewDefinitions && attempt.IsWithin(client.Time, Patience))
            {
                // When a definition is Established, each API server serves it a moment later.
                await Task.Delay(Pause, client.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 404 && e.ObjectKind != "namespaces")
            {
                return await NoVersionAsync(restored, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 422 && attempt.GiveUpAddress(e.ServerMessage ?? ""))
            {
                // Tried again without what another object has now.
            }
        }
    }

    private async Task<RestoreOutcome> CreatedAsync(
        RestoredObject restored, ServedResource resource, string uid, List<string> notes, CancellationToken cancellationToken)
    {
        if (isTrial) return Outcome(ClusterObjectOutcome.CouldBeCreated) with { Notes = [.. notes] };
        live.Add(restored.LiveName, uid);
        if (restored.Resource == "namespaces") _madeNamespaces.Add(restored.Name);
        if (restored.Kind == "CustomResourceDefinition")
        {
            _hasNewDefinitions = true;
            if (!await live.AwaitEstablishedAsync(resource, restored.Name, Patience, cancellationToken).ConfigureAwait(false))
                notes.Add($"It was not Established after {Patience.TotalSeconds:0} s.");
        }

        return Outcome(ClusterObjectOutcome.Created) with { Notes = [.. notes], Uid = uid };
    }

    /// <summary>Handles a live object of that name.</summary>
    private async Task<RestoreOutcome> MeetAsync(
        RestoredObject restored, byte[] value, ServedResource resource, KubernetesException conflict, CancellationToken cancellationToken)
    {
        byte[]? present;
        try
        {
            present = await client.ReadAsync(resource, restored.Namespace, restored.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 403 && !plan.Replace)
        {
            return Outcome(ClusterObjectOutcome.Exists) with { Notes = ["The live object was left as it is. It may not be looked at."] };
        }

        if (present is null)
            return Failed($"Something else is in its way: {conflict.ServerMessage}", "Call the cmdlet again.");
        var metadata = JsonFields.Parse(present)["metadata"]!.AsObject();
        var uid = (string?)metadata["uid"] ?? "";
        if (metadata["deletionTimestamp"] is not null)
        {
            var finalizers = (metadata["finalizers"] as JsonArray)?.Select(f => (string?)f).ToArray() ?? [];
            return Failed(
                "An object of that name is being deleted and is not gone yet" + (finalizers.Length > 0 ? $"; it waits for {string.Join(", ", finalizers)}." : "."),
                "Wait until it is gone, and call the cmdlet again.");
        }

        var isSame = uid == restored.Metadata.Uid && (string?)metadata["resourceVersion"] == $"{restored.Source.Revision}";
        // In each new namespace the controller manager creates one within a moment, without what an administrator added to it.
        var isFresh = restored is { Resource: "serviceaccounts", Name: "default" } && _madeNamespaces.Contains(restored.Namespace);
        if (isSame || !(plan.Replace || isFresh))
        {
            return isSame
                ? Outcome(ClusterObjectOutcome.Unchanged) with { Uid = uid }
                : Outcome(ClusterObjectOutcome.Exists) with { Uid = uid, Notes = ["The live object was left as it is. -Replace replaces it, and -Replace -WhatIf shows the difference."] };
        }

        return await ReplaceAsync(restored, value, resource, present, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RestoreOutcome> ReplaceAsync(
        RestoredObject restored, byte[] value, ServedResource resource, byte[] present, CancellationToken cancellationToken)
    {
        var (rewrite, notes) = await _rewrites.MakeAsync(restored, value, replaces: true, isTrial, cancellationToken).ConfigureAwait(false);
        var metadata = JsonFields.Parse(present)["metadata"]!;
        var uid = (string?)metadata["uid"] ?? "";
        // With the revision that was read. If somebody else has changed it since, the server refuses.
        var attempt = new RestoreAttempt(restored, rewrite with { ResourceVersion = (string?)metadata["resourceVersion"] }, [.. notes]);
        while (true)
        {
            try
            {
                var answer = await WriteAsync(attempt, value, resource, restored.Namespace, true, cancellationToken).ConfigureAwait(false);
                var changes = ObjectDifference.Between(present, answer, restored.IsConfidential);
                live.Add(restored.LiveName, uid);
                var outcome = changes.Count == 0 ? ClusterObjectOutcome.Unchanged : isTrial ? ClusterObjectOutcome.CouldBeReplaced : ClusterObjectOutcome.Replaced;
                return Outcome(outcome) with { Uid = uid, Changes = [.. changes], Notes = [.. attempt.Notes] };
            }
            catch (KubernetesException e) when (e.StatusCode == 422 && attempt.GiveUpAddress(e.ServerMessage ?? ""))
            {
                // Tried again with what the live object has.
            }
        }
    }

    private Task<byte[]> WriteAsync(
        RestoreAttempt attempt, byte[] value, ServedResource resource, string nameSpace, bool replaces, CancellationToken cancellationToken) => client.WriteAsync(
        new ObjectWrite(resource, nameSpace, attempt.Restored.Name, attempt.Rewrite.Apply(value))
        {
            IsJson = StorageEnvelope.Open(value).Form == StoredObjectForm.Json, Replaces = replaces, IsTrial = isTrial,
        },
        cancellationToken);

    private static RestoreOutcome NotServed(RestoredObject restored) => Failed(
        $"The API server serves no {restored.Kind} of {restored.ApiVersion}.",
        restored.Resource.Contains('.', StringComparison.Ordinal)
            ? $"Restore its definition too (-Kind CustomResourceDefinition -Name {restored.Resource}), or what serves it."
            : "Export it with Export-EtcdSnapshotObject, and write it in a version that this server has.");

    private static RestoreOutcome NoNamespace(RestoredObject restored) => Failed(
        $"Its namespace {restored.Namespace} is not in the cluster.",
        $"Restore the namespace too (-Kind Namespace -Name {restored.Namespace}, or -All), create it, or name another with -ToNamespace.");

    private async Task<RestoreOutcome> NoVersionAsync(RestoredObject restored, CancellationToken cancellationToken)
    {
        var served = await live.ResourceAsync(restored.Group, restored.Kind, cancellationToken).ConfigureAwait(false);
        return Failed(
            $"It is stored as {restored.ApiVersion}, which the API server does not serve any more; of {restored.Kind} it serves {served?.ApiVersion}.",
            "Restore it on a server of that time, or write it in the present version.");
    }

    private static RestoreOutcome Outcome(ClusterObjectOutcome outcome) => new(outcome);

    private static RestoreOutcome Failed(string problem, string? remedy) => new(ClusterObjectOutcome.Failed) { Problem = problem, Remedy = remedy };

    private static string UidOf(byte[] answer) => (string?)JsonFields.Parse(answer)["metadata"]?["uid"] ?? "";
}
