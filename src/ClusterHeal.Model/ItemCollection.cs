using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ClusterHeal;

/// <summary>
/// The items of a property: read-only, and with a text of its own. An array's text is the name of its type, and that is what
/// <c>Export-Csv</c> would write.
/// </summary>
/// <typeparam name="T">The type of an item.</typeparam>
/// <param name="items">The items.</param>
[CollectionBuilder(typeof(ItemCollectionBuilder), nameof(ItemCollectionBuilder.Create))]
public sealed class ItemCollection<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    /// <summary>How many items there are; what scripts ask an array for.</summary>
    public int Length => Count;

    /// <summary>The items of an array.</summary>
    /// <param name="items">The array, or null.</param>
    [return: NotNullIfNotNull(nameof(items))]
    public static implicit operator ItemCollection<T>?(T[]? items) => items is null ? null : new(items);

    /// <summary>The items, with commas between them.</summary>
    public override string ToString() => string.Join(", ", this);
}
