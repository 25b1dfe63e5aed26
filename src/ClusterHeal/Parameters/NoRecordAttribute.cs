using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Keeps a result of this module that comes through the pipeline out of a parameter that takes texts. PowerShell would turn the result into a
/// text, <c>kubew01 (Ready)</c>, and take that for a name, if none of its properties fits.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoRecordAttribute : ArgumentTransformationAttribute
{
    /// <summary>True if the parameter takes one text: a list, which a connection has as a property of that name, is left out then.</summary>
    public bool IsSingle { get; set; }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (IsSingle && value is ItemCollection<string>) return null!;
        if (!IsRecord(value)) return inputData;
        throw Passed();
    }

    /// <summary>True for a result of this module.</summary>
    internal static bool IsRecord(object? value) =>
        value?.GetType() is { IsClass: true, IsGenericType: false } type && type.Assembly == typeof(ClusterConnection).Assembly;

    /// <summary>What tells the binder to try the next parameter: it does so if a value cannot be converted, and fails for other reasons.</summary>
    internal static ArgumentTransformationMetadataException Passed()
    {
        var reason = new PSInvalidCastException("This parameter takes names.");
        return new ArgumentTransformationMetadataException(reason.Message, reason);
    }
}
