namespace ClusterHeal;

/// <summary>What the compiler makes an <see cref="ItemCollection{T}"/> of a collection expression with.</summary>
public static class ItemCollectionBuilder
{
    /// <summary>A collection of items.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="items">The items.</param>
    public static ItemCollection<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
