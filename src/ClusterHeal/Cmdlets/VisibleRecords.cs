using System.Reflection;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// Makes the texts in an object safe to show, whether a script or PowerShell itself shows them: in a view, with <c>Format-List *</c>, with
/// <c>ToString</c>, or one property alone.
/// </summary>
internal sealed class VisibleRecords
{
    private static readonly MethodInfo Clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private readonly Dictionary<Type, PropertyInfo[]> _properties = [];

    /// <summary>The object itself, or a copy in which <see cref="VisibleText"/> has cleaned every text, also in objects inside it.</summary>
    /// <param name="value">A text, a list, or an object of ClusterHeal. Anything else contains nothing from outside.</param>
    public object Of(object value) => value switch
    {
        string text => VisibleText.Of(text),
        IReadOnlyDictionary<string, string> texts => OfDictionary(texts),
        IEnumerable<object?> items => OfList(items),
        _ when value.GetType().Assembly == typeof(VisibleText).Assembly && value.GetType().IsClass => OfRecord(value),
        _ => value,
    };

    private object OfRecord(object record)
    {
        object? copy = null;
        foreach (var property in PropertiesOf(record.GetType()))
        {
            if (property.GetValue(record) is not { } value) continue;
            var visible = Of(value);
            if (ReferenceEquals(value, visible)) continue;
            copy ??= Clone.Invoke(record, null)!;
            property.SetValue(copy, visible);
        }
        return copy ?? record;
    }

    private object OfList(IEnumerable<object?> items)
    {
        var visible = items.Select(item => item is null ? null : Of(item)).ToArray();
        if (visible.Zip(items, ReferenceEquals).All(same => same)) return items;
        var copy = Array.CreateInstance(visible.First(item => item is not null)!.GetType(), visible.Length);
        visible.CopyTo(copy, 0);
        return items.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ItemCollection<>)
            ? Activator.CreateInstance(type, copy)!
            : copy;
    }

    private static IReadOnlyDictionary<string, string> OfDictionary(IReadOnlyDictionary<string, string> texts) =>
        texts.All(t => ReferenceEquals(t.Value, VisibleText.Of(t.Value)))
            ? texts
            : texts.ToDictionary(t => t.Key, t => VisibleText.Of(t.Value));

    /// <summary>The properties with references. A property without a setter is computed from the others.</summary>
    private PropertyInfo[] PropertiesOf(Type type)
    {
        if (_properties.TryGetValue(type, out var known)) return known;
        return _properties[type] = [.. type.GetProperties().Where(p => p.CanWrite && !p.PropertyType.IsValueType)];
    }
}
