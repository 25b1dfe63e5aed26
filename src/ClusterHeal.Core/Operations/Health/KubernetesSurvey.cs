using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Reads what the checks need from the API, with lists that the server answers from a quorum of its etcd and not from its cache. Pods are read page
/// by page, and only those with findings are kept.
/// </summary>
internal sealed class KubernetesSurvey(KubernetesClient client)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    public async Task<KubernetesFacts> RunAsync(CancellationToken cancellationToken)
    {
        var version = VersionAsync(cancellationToken);
        var kinds = HealthKinds.All.ToDictionary(kind => kind, kind => kind.ReadAsync(this, cancellationToken));
        var webhooks = WebhooksAsync(cancellationToken);
        await Task.WhenAll(kinds[HealthKinds.NodeLeases], kinds[HealthKinds.SystemLeases]).ConfigureAwait(false);
        var now = client.ServerNow; // Leases age while the pods are read.
        var budgets = await ListAsync(Resources.Budgets, ResourceQuery.All, cancellationToken).ConfigureAwait(false);
        var pods = await PodsAsync(budgets, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll([version, webhooks, .. kinds.Values]).ConfigureAwait(false);
        var facts = new KubernetesFacts
        {
            Version = await version.ConfigureAwait(false),
            Pods = pods,
            Webhooks = await webhooks.ConfigureAwait(false),
            Now = now,
        };
        foreach (var (kind, listing) in kinds) facts = facts.With(kind, await listing.ConfigureAwait(false));
        return facts;
    }

    /// <summary>The server's version; empty if it is not known, which the check that needs it reports.</summary>
    private async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.VersionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException)
        {
            return "";
        }
    }

    /// <summary>The objects of a kind.</summary>
    public async Task<Listing<T>> ListAsync<T>(ResourceType<T> type, ResourceQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            return new Listing<T>((await client.SnapshotAsync(type, query, cancellationToken).ConfigureAwait(false)).Items);
        }
        catch (KubernetesException e) when (e.StatusCode == 404)
        {
            return new Listing<T>([]); // The server does not have the kind, so there are no objects.
        }
        catch (KubernetesException e)
        {
            return new Listing<T>(e);
        }
    }

    private async Task<Listing<PodFacts>> PodsAsync(Listing<PodDisruptionBudget> budgets, CancellationToken cancellationToken)
    {
        if (budgets.Fault is { } unseen) return new Listing<PodFacts>(unseen);
        var facts = new PodFacts(budgets.Items);
        try
        {
            var pods = client.ListAsync(Resources.Pods, ResourceQuery.All, cancellationToken);
            await foreach (var pod in pods.ConfigureAwait(false)) facts.Add(pod);
            return new Listing<PodFacts>([facts]);
        }
        catch (KubernetesException e)
        {
            return new Listing<PodFacts>(e);
        }
    }

    private async Task<Listing<WebhookFacts>> WebhooksAsync(CancellationToken cancellationToken)
    {
        var found = new List<WebhookFacts>();
        foreach (var (kind, plural) in new[]
        {
            ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
            ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
        })
        {
            var configurations = await ListAsync(Resources.Webhooks(plural), ResourceQuery.All, cancellationToken).ConfigureAwait(false);
            if (configurations.Fault is { } unseen) return new Listing<WebhookFacts>(unseen);
            foreach (var configuration in configurations.Items)
            {
                foreach (var webhook in configuration.Webhooks ?? [])
                {
                    if (webhook.ClientConfig.Service is not { } service) continue;
                    var slices = await SlicesAsync(service.Namespace, service.Name, cancellationToken).ConfigureAwait(false);
                    if (slices.Fault is { } unknown) return new Listing<WebhookFacts>(unknown);
                    found.Add(new WebhookFacts(
                        kind,
                        configuration.Metadata.Name,
                        webhook.Name,
                        webhook.FailurePolicy is null or "Fail",
                        $"{service.Namespace}/{service.Name}",
                        slices.Items.Sum(s => s.Endpoints?.Count(e => e.IsReady) ?? 0)));
                }
            }
        }

        return new Listing<WebhookFacts>(found);
    }

    public Task<Listing<EndpointSlice>> SlicesAsync(string nameSpace, string service, CancellationToken cancellationToken) =>
        ListAsync(Resources.EndpointSlices, new ResourceQuery(nameSpace, LabelSelector: $"{ServiceLabel}={service}"), cancellationToken);
}

/// <summary>The objects of a kind, or why they could not be read. Only the checks that need them then say that.</summary>
internal sealed class Listing<T>
{
    private readonly IReadOnlyList<T>? _items;

    public Listing(IReadOnlyList<T> items) => _items = items;

    public Listing(KubernetesException fault) => Fault = fault;

    public static Listing<T> Empty { get; } = new([]);

    public KubernetesException? Fault { get; }

    public IReadOnlyList<T> Items => _items ?? throw Fault!;

    public static Listing<T> Join(IEnumerable<Listing<T>> parts)
    {
        var all = parts.ToList();
        return all.Find(p => p.Fault is not null) ?? new Listing<T>([.. all.SelectMany(p => p.Items)]);
    }
}

/// <summary>The pods, read one after the other.</summary>
internal sealed class PodFacts(IReadOnlyList<PodDisruptionBudget> budgets)
{
    private readonly ILookup<string, PodDisruptionBudget> _byNamespace = budgets.ToLookup(b => b.Metadata.Namespace);
    private readonly Dictionary<string, int> _guarded = budgets.ToDictionary(b => b.Metadata.FullName, _ => 0);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Those that are pending, ending, or have a container that waits or keeps crashing.</summary>
    public List<Pod> Troubled { get; } = [];

    /// <summary>Those that several budgets protect.</summary>
    public List<(string Pod, IReadOnlyList<string> Budgets)> Shared { get; } = [];

    /// <summary>The budgets, each with the number of the pods that it protects.</summary>
    public IEnumerable<(PodDisruptionBudget Budget, int Pods)> Budgets => budgets.Select(b => (b, _guarded[b.Metadata.FullName]));

    public void Add(Pod pod)
    {
        Count++;
        if (IsTroubled(pod)) Troubled.Add(pod);
        if (pod.IsFinished || !_byNamespace.Contains(pod.Metadata.Namespace)) return;
        var own = _byNamespace[pod.Metadata.Namespace].Where(b => b.Spec.Selector?.Matches(pod.Metadata.Labels) == true)
            .Select(b => b.Metadata.FullName).ToArray();
        foreach (var name in own) _guarded[name]++;
        if (own.Length > 1) Shared.Add((pod.Metadata.FullName, own));
    }

    private static bool IsTroubled(Pod pod) =>
        pod.IsTerminating || pod.Status.Phase == "Pending"
        || (!pod.IsFinished && (PodTrouble.WaitingContainer(pod) ?? PodTrouble.CrashingContainer(pod)) is not null);
}
