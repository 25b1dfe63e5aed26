using ClusterHeal.Operations;

namespace ClusterHeal.Parameters;

/// <summary>The parameters that select objects of a snapshot. A cmdlet declares them with its own positions and sets.</summary>
internal interface ISelectsObjects
{
    /// <summary>Kinds or resources, with wildcards.</summary>
    string[] Kind { get; }

    /// <summary>Namespaces, with wildcards; an empty text selects objects without one.</summary>
    string[] Namespace { get; }

    /// <summary>Names, with wildcards.</summary>
    string[] Name { get; }

    /// <summary>A label selector, or null.</summary>
    string? LabelSelector => null;
}

/// <summary>Makes the engine's filter from these parameters.</summary>
internal static class ObjectSelection
{
    /// <summary>The filter.</summary>
    /// <exception cref="ClusterHealException">The label selector is invalid.</exception>
    public static ObjectFilter Filter(this ISelectsObjects parameters) => new()
    {
        Kind = parameters.Kind, Namespace = parameters.Namespace, Name = parameters.Name, LabelSelector = parameters.LabelSelector,
    };
}
