using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Keeps a result of this module in the pipeline away from a parameter for texts. Otherwise, if none of its properties fits, PowerShell would turn
/// the result into a text, <c>kubew01 (Ready)</c>, and use that as a name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoRecordAttribute : ArgumentTransformationAttribute
{
    /// <summary>True if the parameter accepts one text. A list, which a connection has as a property of that name, is then left out.</summary>
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

    /// <summary>The exception that makes the binder try the next parameter: it does so if a value cannot be converted, and fails for other reasons.</summary>
    internal static ArgumentTransformationMetadataException Passed()
    {
        var reason = new PSInvalidCastException("This parameter takes names.");
        return new ArgumentTransformationMetadataException(reason.Message, reason);
    }
}
