namespace ClusterHeal.Kubernetes;

/// <summary>
/// How many more evictions a budget allows, as far as is known without asking: what the watch says, minus the evictions that the server has agreed to
/// since. So the server is not asked in vain. But what is known expires, because the watch may be behind.
/// </summary>
/// <param name="context">Has the current budgets.</param>
/// <param name="budget">The budget, <c>namespace/name</c>; empty for none, which always allows.</param>
internal sealed class BudgetAllowance(DrainContext context, string budget)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private string? _version;
    private int _left;
    private long? _asked;

    /// <summary>The budget's full name.</summary>
    public string Budget => budget;

    /// <summary>Why the server does not have to be asked now; null if it must be. It is always asked the first time, because its message is better.</summary>
    public EvictionVerdict? Shut()
    {
        if (context.Budget(budget) is not { } now) return null;
        if (now.Metadata.ResourceVersion != _version) (_version, _left) = (now.Metadata.ResourceVersion, now.Status.DisruptionsAllowed);
        var known = _asked is { } asked && context.Client.Time.GetElapsedTime(asked) < Freshness;
        return known && _left <= 0
            ? new EvictionVerdict(EvictionObstacle.Budget, BudgetAdvice.WaitsForReplacements(now)) { Budget = now.Metadata.Name }
            : null;
    }

    /// <summary>The server has agreed to an eviction that counts against the budget.</summary>
    public void Take() => (_left, _asked) = (_left - 1, context.Client.Time.GetTimestamp());

    /// <summary>The server has said that the budget allows none.</summary>
    public void Refused() => (_left, _asked) = (0, context.Client.Time.GetTimestamp());
}
