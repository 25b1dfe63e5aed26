namespace ClusterHeal.Operations;

/// <summary>Which objects will be restored, in their order, and which are left out.</summary>
internal sealed class RestorePlan
{
    private readonly HashSet<LiveName> _planned = [];
    private readonly HashSet<string> _definitions = [];

    /// <summary>Whether live objects are replaced.</summary>
    public required bool Replace { get; init; }

    /// <summary>The objects that are restored, in their order.</summary>
    public List<RestoredObject> Objects { get; } = [];

    /// <summary>The objects that are not restored, and why.</summary>
    public List<(RestoredObject Object, RestoreOutcome Outcome)> LeftOut { get; } = [];

    /// <summary>Whether an object is in the plan.</summary>
    public bool IsPlanned(LiveName name) => _planned.Contains(name);

    /// <summary>Whether the definition of a custom resource is in the plan, but not in the cluster yet.</summary>
    public bool IsDefinedByPlan(RestoredObject restored) => _definitions.Contains(restored.Resource);

    /// <summary>Adds objects to the plan, or leaves them out.</summary>
    /// <param name="sorted">The objects, in their order.</param>
    /// <param name="live">The live cluster.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AddAsync(IReadOnlyList<RestoredObject> sorted, LiveObjects live, CancellationToken cancellationToken)
    {
        var all = sorted.Where(o => o.Problem is null).Select(o => o.LiveName).ToHashSet();
        foreach (var restored in sorted)
        {
            if (restored.Problem is { } problem)
            {
                LeftOut.Add((restored, new RestoreOutcome(ClusterObjectOutcome.Failed) { Problem = $"It {problem}.", Category = FaultCategory.InvalidData }));
            }
            else if (await ControllerMade.ReasonAsync(restored, owner => IsThereAsync(restored, owner)).ConfigureAwait(false) is { } reason)
            {
                LeftOut.Add((restored, new RestoreOutcome(ClusterObjectOutcome.LeftOut) { Problem = reason }));
            }
            else
            {
                Objects.Add(restored);
                _planned.Add(restored.LiveName);
                if (restored.Kind == "CustomResourceDefinition" && await live.TryFindAsync(restored.LiveName, cancellationToken).ConfigureAwait(false) is null)
                    _definitions.Add(restored.Name);
            }
        }

        async Task<bool> IsThereAsync(RestoredObject restored, EtcdSnapshotOwner owner)
        {
            var resource = await live.ResourceAsync(RestoredObject.GroupOf(owner.ApiVersion), owner.Kind, cancellationToken).ConfigureAwait(false);
            var name = restored.OwnerName(owner, resource?.IsNamespaced ?? true);
            return all.Contains(name) || await live.TryFindAsync(name, cancellationToken).ConfigureAwait(false) is not null;
        }
    }
}
