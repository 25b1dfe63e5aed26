using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Reads the models as Kubernetes' own clients read JSON: null means absent. Otherwise a null would replace the default of a property that is never
/// null, and code that uses it would fail.
/// </summary>
internal static class ApiJson
{
    private static readonly JsonSerializerOptions Options = new(KubernetesJson.Default.Options)
    {
        TypeInfoResolver = KubernetesJson.Default.WithAddedModifier(PassOverNull),
    };

    /// <summary>How a model of ours is read; null for any other type.</summary>
    public static JsonTypeInfo<T>? Find<T>() =>
        KubernetesJson.Default.GetTypeInfo(typeof(T)) is null ? null : (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static void PassOverNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property is { Set: not null, PropertyType.IsValueType: false }))
        {
            var (get, set) = (property.Get, property.Set!);
            property.Set = (target, value) =>
            {
                if (value is null && get?.Invoke(target) is not null) return;
                if (value is IList { IsReadOnly: false } list) RemoveNulls(list);
                set(target, value);
            };
        }
    }

    private static void RemoveNulls(IList list)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (list[i] is null) list.RemoveAt(i);
        }
    }
}
