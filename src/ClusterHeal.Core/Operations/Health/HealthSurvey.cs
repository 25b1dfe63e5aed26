using ClusterHeal.Etcd;

namespace ClusterHeal.Operations;

/// <summary>Gathers all facts for the checks of some areas, from each source once. If a source fails, its fault is among the facts.</summary>
/// <param name="sources">Where to look.</param>
/// <param name="options">What to ask.</param>
/// <param name="time">The clock.</param>
internal sealed class HealthSurvey(HealthSources sources, HealthOptions options, TimeProvider time)
{
    /// <summary>Gathers the facts.</summary>
    /// <param name="areas">The areas to examine.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HealthFacts> RunAsync(IReadOnlyList<HealthArea> areas, CancellationToken cancellationToken)
    {
        var etcd = TryAsync<EtcdFacts>(sources.SeesEtcd && areas.Any(NeedsEtcd) ? () => EtcdAsync(areas, cancellationToken) : null);
        var hosts = HostsAsync(areas, cancellationToken);
        var (servers, kubernetes, kubernetesFault) = await KubernetesAsync(areas, cancellationToken).ConfigureAwait(false);
        var (members, etcdFault) = await etcd.ConfigureAwait(false);
        var looked = await hosts.ConfigureAwait(false);
        var facts = new HealthFacts
        {
            ClusterName = sources.ClusterName,
            Options = options,
            Now = time.GetUtcNow(),
            ApiServers = servers,
            Kubernetes = kubernetes,
            KubernetesFault = kubernetesFault,
            Etcd = members,
            EtcdFault = etcdFault,
            Hosts = [.. looked.Select(h => h.Facts)],
        };
        if (areas.Contains(HealthArea.Certificates))
        {
            var nodes = kubernetes is { Nodes.Fault: null } api ? api.Nodes.Items : [];
            var shown = await CertificateSurvey.OfKubernetesAsync(sources.Kubernetes, servers, nodes, cancellationToken)
                .ConfigureAwait(false);
            var all = CertificateSightings.Join([shown, members?.Certificates, .. looked.Select(h => h.Certificates)]);
            facts = facts with { Certificates = all };
        }

        if (!areas.Contains(HealthArea.Backups) || sources.BackupPath is not { } folder) return facts;
        var cluster = members is { Views: [var view, ..] } ? view.ClusterId : null;
        var (backups, backupFault) = await TryAsync(() => Task.Run(() => BackupSurvey.Run(folder, cluster, facts.Now), cancellationToken))
            .ConfigureAwait(false);
        return facts with { Backups = backups, BackupFault = backupFault };
    }

    /// <summary>Asks etcd at its endpoints, otherwise through the first of the hosts whose member answers.</summary>
    private async Task<EtcdFacts> EtcdAsync(IReadOnlyList<HealthArea> areas, CancellationToken cancellationToken)
    {
        if (sources.Etcd is { } direct) return await LookAsync(direct).ConfigureAwait(false);
        EtcdFacts? facts = null;
        var nameless = new ClusterConnection { ClusterName = sources.ClusterName };
        await ClusterEtcd.UseAsync(nameless, sources.Hosts, sources.Shells, UseAsync, cancellationToken).ConfigureAwait(false);
        return facts!;

        async Task UseAsync(EtcdConnection through) => facts = await LookAsync(through).ConfigureAwait(false);

        async Task<EtcdFacts> LookAsync(EtcdConnection connection)
        {
            var found = await new EtcdSurvey(connection).RunAsync(cancellationToken).ConfigureAwait(false);
            if (!areas.Contains(HealthArea.Certificates)) return found;
            var shown = await CertificateSurvey.OfEtcdAsync(connection, found.Members, cancellationToken).ConfigureAwait(false);
            return found with { Certificates = shown };
        }
    }

    private async Task<(IReadOnlyList<ApiServerFacts> Servers, KubernetesFacts? Facts, ClusterHealException? Fault)> KubernetesAsync(
        IReadOnlyList<HealthArea> areas, CancellationToken cancellationToken)
    {
        if (sources.Kubernetes is not { } client || !areas.Any(NeedsKubernetes)) return ([], null, sources.KubernetesFault);
        var survey = new ApiServerSurvey(client);
        var own = await survey.AskOwnAsync(cancellationToken).ConfigureAwait(false);
        // Without its etcd the server would delay each list for a minute, or answer from its cache.
        if (own.Fault is not null || own.StatusCode is 401 or 403 || own.Failed.Any(ApiServerChecks.IsEtcd))
            return ([own], null, Untrusted(own));
        var others = await survey.AskOthersAsync(cancellationToken).ConfigureAwait(false);
        var (facts, fault) = areas.Any(NeedsObjects)
            ? await TryAsync(() => new KubernetesSurvey(client).RunAsync(cancellationToken)).ConfigureAwait(false)
            : (null, null);
        return ([own, .. others], facts, fault);
    }

    private static ClusterHealException Untrusted(ApiServerFacts server) => server.Fault ?? new ClusterHealException(
        ErrorIds.KubernetesRequestFailed,
        FaultCategory.NotReady,
        server.StatusCode is 401 or 403
            ? $"{server.Target} does not take the credentials."
            : $"{server.Target} has no etcd, and what it answers may be stale.",
        server.Target,
        "See to the API server first (ApiServerReady).");

    private async Task<IReadOnlyList<(HostFacts Facts, CertificateSightings Certificates)>> HostsAsync(
        IReadOnlyList<HealthArea> areas, CancellationToken cancellationToken)
    {
        if (!areas.Any(a => a is HealthArea.ApiServer or HealthArea.ControlPlane or HealthArea.Certificates)) return [];
        var results = new (HostFacts, CertificateSightings)[sources.Hosts.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThrottleLimit, CancellationToken = cancellationToken };
        var (certificates, whatHeals) = (areas.Contains(HealthArea.Certificates), areas.Contains(HealthArea.ControlPlane));
        await Parallel.ForAsync(0, results.Length, parallel, async (i, stop) =>
            results[i] = await HostSurvey.RunAsync(sources.Hosts[i], sources.Shells, certificates, whatHeals, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }

    private static bool NeedsEtcd(HealthArea area) => area is HealthArea.Etcd or HealthArea.Certificates or HealthArea.Backups;

    private static bool NeedsKubernetes(HealthArea area) => area is not (HealthArea.Etcd or HealthArea.Backups);

    private static bool NeedsObjects(HealthArea area) => NeedsKubernetes(area) && area != HealthArea.ApiServer;

    private static async Task<(T? Facts, ClusterHealException? Fault)> TryAsync<T>(Func<Task<T>>? gather)
        where T : class
    {
        try
        {
            return gather is null ? (null, null) : (await gather().ConfigureAwait(false), null);
        }
        catch (ClusterHealException fault)
        {
            return (null, fault);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // If one source fails in an unexpected way, the others can still be examined.
            const string Remedy = "Read the details with Get-Error and report them: ClusterHeal should have named the cause itself.";
            return (null, new ClusterHealException(
                ErrorIds.Unexpected, FaultCategory.InvalidOperation, $"A failure that ClusterHeal did not foresee: {e.Message} ({e.GetType().Name})", null, Remedy, e));
        }
    }
}
