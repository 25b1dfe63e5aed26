namespace ClusterHeal.Tests.Operations.Health;

/// <summary>One thing that is put wrong in a cluster that runs, what the health test has to say of it, and how it is put right.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="InjectAsync">Puts it wrong.</param>
/// <param name="HealAsync">Puts it right again.</param>
/// <param name="Expected">
/// Each warning and failure, as <c>check status target</c> or the beginning of that; hosts go by their names. No other may be there.
/// </param>
internal sealed record LiveFault(string Name, Func<HealthLab, Task> InjectAsync, Func<HealthLab, Task> HealAsync, params string[] Expected)
{
    /// <summary>What is found besides where it lasts longer: the beginnings of results.</summary>
    public string[] MayFollow { get; init; } = [];

    /// <summary>The areas that are asked; none for all.</summary>
    public HealthArea[] Areas { get; init; } = [];

    /// <summary>The address of another cluster's etcd among the endpoints, or null.</summary>
    public Func<HealthLab, string?> Stranger { get; init; } = _ => null;

    /// <summary>The kubeconfig that is used in place of the administrator's, or null.</summary>
    public Func<HealthLab, string?> Kubeconfig { get; init; } = _ => null;

    public override string ToString() => Name;
}
