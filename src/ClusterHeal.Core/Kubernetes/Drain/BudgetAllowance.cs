namespace ClusterHeal.Kubernetes;

/// <summary>
/// How many more evictions a budget allows, as far as is known without asking: what the watch says of it, less what the server has agreed
/// to since. The server is not asked in vain; but what is known grows old, in case the watch is behind.
/// </summary>
/// <param name="context">Has the budgets as they are now.</param>
/// <param name="budget">The budget, <c>namespace/name</c>; empty for none, which is never shut.</param>
internal sealed class BudgetAllowance(DrainContext context, string budget)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private string? _version;
    private int _left;
    private long? _asked;

    /// <summary>The budget's full name.</summary>
    public string Budget => budget;

    /// <summary>Why the server need not be asked now, or null where it must be: always the first time, for it has the better words.</summary>
    public EvictionVerdict? Shut()
    {
        if (context.Budget(budget) is not { } now) return null;
        if (now.Metadata.ResourceVersion != _version) (_version, _left) = (now.Metadata.ResourceVersion, now.Status.DisruptionsAllowed);
        var known = _asked is { } asked && context.Client.Time.GetElapsedTime(asked) < Freshness;
        return known && _left <= 0
            ? new EvictionVerdict(EvictionObstacle.Budget, BudgetAdvice.WaitsForReplacements(now)) { Budget = now.Metadata.Name }
            : null;
    }

    /// <summary>The server has agreed to an eviction that the budget pays for.</summary>
    public void Take() => (_left, _asked) = (_left - 1, context.Client.Time.GetTimestamp());

    /// <summary>The server has said that the budget is shut.</summary>
    public void Refused() => (_left, _asked) = (0, context.Client.Time.GetTimestamp());
}
