using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Accepts hosts from the pipeline. A member of etcd stands for its own host, by its peer URL, not for the host through which it was asked. Other
/// results of this module stand for the host in one of their properties.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HostNamesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is EtcdMember member) return HostOf(member);
        return NoRecordAttribute.IsRecord(value) ? throw NoRecordAttribute.Passed() : inputData;
    }

    private static string HostOf(EtcdMember member)
    {
        var host = member.PeerUrls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri : null).FirstOrDefault(uri => uri is not null)
            // This ends the binding. Otherwise the property of that name would be bound: the host through which it was asked, which is another one.
            ?? throw new ArgumentTransformationMetadataException($"The host of etcd member {member} is not known: it has no peer URL. Name the host.");
        // Such an address is on the host through which the member was asked, or on this machine.
        return host.IsLoopback ? member.HostName ?? host.DnsSafeHost : host.DnsSafeHost;
    }
}
