using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Keeps a connection that comes through the pipeline out of a parameter that takes texts. PowerShell would turn the connection, or a list of
/// it, into a text, and bind that besides <c>-Cluster</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NoConnectionAttribute : ArgumentTransformationAttribute
{
    /// <summary>True if the parameter takes one text: a list, which a connection has as a property of that name, is left out then.</summary>
    public bool IsSingle { get; set; }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (IsSingle && value is ItemCollection<string>) return null!;
        if (value is not ClusterConnection) return inputData;
        // The binder passes over a value that cannot be converted, and fails for other reasons.
        var reason = new PSInvalidCastException("This parameter takes no connection.");
        throw new ArgumentTransformationMetadataException(reason.Message, reason);
    }
}
