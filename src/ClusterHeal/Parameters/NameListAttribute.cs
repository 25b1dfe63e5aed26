using System.Collections;
using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Accepts a list of names also as one text with commas: <c>'a,b'</c>, as it comes from variables of pipelines, scheduled tasks and <c>pwsh -File</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NameListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Split(inputData) ?? inputData;

    /// <summary>The names in a text with commas, or in a list of texts, one of which has commas; null for everything else.</summary>
    internal static string[]? Split(object? argument)
    {
        var texts = Texts(argument);
        if (texts?.Any(text => text.Contains(',', StringComparison.Ordinal)) != true) return null;
        return [.. texts.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
    }

    /// <summary>The argument as texts, or null if it is something else.</summary>
    internal static IReadOnlyList<string>? Texts(object? argument)
    {
        var value = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        if (value is string text) return [text];
        if (value is not IEnumerable list) return null;
        var texts = new List<string>();
        foreach (var item in list)
        {
            if ((item is PSObject inner ? inner.BaseObject : item) is not string one) return null;
            texts.Add(one);
        }

        return texts;
    }
}
