namespace ClusterHeal.Hosts;

/// <summary>The distributions that ClusterHeal knows. A host is not asked which it is: what all of them would have is looked for.</summary>
internal static class Distributions
{
    /// <summary>All of them. What an earlier one has is looked for first.</summary>
    public static IReadOnlyList<Distribution> All { get; } =
        [Kubeadm.Layout, Kubespray.Layout, PlainUnits.Layout, ContainerLinux.Layout, SnapPackages.Layout];

    /// <summary>The units that may run a component.</summary>
    public static string[] UnitsOf(ClusterComponent component) => Of(distribution => distribution.Units.GetValueOrDefault(component, []));

    /// <summary>What they have of a kind, each once.</summary>
    public static string[] Of(Func<Distribution, IEnumerable<string>> what) => [.. All.SelectMany(what).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc cref="Of(Func{Distribution, IEnumerable{string}})"/>
    public static string[] Of(Func<Distribution, string?> what) => [.. All.Select(what).OfType<string>().Distinct(StringComparer.Ordinal)];
}
