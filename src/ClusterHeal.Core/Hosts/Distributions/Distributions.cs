namespace ClusterHeal.Hosts;

/// <summary>The distributions that ClusterHeal knows. A host is not asked which one it is: the names of all of them are looked for.</summary>
internal static class Distributions
{
    /// <summary>All of them, in the order in which they are looked for.</summary>
    public static IReadOnlyList<Distribution> All { get; } =
        [Kubeadm.Layout, Kubespray.Layout, PlainUnits.Layout, ContainerLinux.Layout, SnapPackages.Layout];

    /// <summary>The units that may run a component.</summary>
    public static string[] UnitsOf(ClusterComponent component) => Of(distribution => distribution.Units.GetValueOrDefault(component, []));

    /// <summary>The names of one kind in all distributions, each once.</summary>
    public static string[] Of(Func<Distribution, IEnumerable<string>> what) => [.. All.SelectMany(what).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc cref="Of(Func{Distribution, IEnumerable{string}})"/>
    public static string[] Of(Func<Distribution, string?> what) => [.. All.Select(what).OfType<string>().Distinct(StringComparer.Ordinal)];
}
