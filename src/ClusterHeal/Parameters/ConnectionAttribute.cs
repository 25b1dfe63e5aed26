using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>Says to whoever names a cluster by a text what <c>-Cluster</c> takes. A text in the pipeline goes on to the next parameter.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConnectionAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text) return inputData;
        // The binder passes over a value that cannot be converted.
        var reason = new PSInvalidCastException(
            $"'{text}' is a text, and this takes a connection: $c = Connect-Cluster …, then -Cluster $c. A saved one comes from Connect-Cluster -Name.");
        throw new ArgumentTransformationMetadataException(reason.Message, reason);
    }
}
