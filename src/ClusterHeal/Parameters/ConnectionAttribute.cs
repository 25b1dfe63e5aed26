using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>If a cluster is given as a text, the error says what <c>-Cluster</c> accepts. A text in the pipeline is passed on to the next parameter.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConnectionAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text) return inputData;
        // The binder ignores a value that cannot be converted.
        var reason = new PSInvalidCastException(
            $"'{text}' is a text, and this takes a connection: $c = Connect-Cluster …, then -Cluster $c. A saved one comes from Connect-Cluster -Name.");
        throw new ArgumentTransformationMetadataException(reason.Message, reason);
    }
}
