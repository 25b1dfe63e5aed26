using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Takes hosts through the pipeline: a member of etcd means the host that it runs on, by its peer URL, and not the host through which it was
/// asked. Other results of this module mean the host that a property of theirs names.
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
            // This ends the binding. The host through which it was asked, a property of that name, is another host.
            ?? throw new ArgumentTransformationMetadataException($"The host of etcd member {member} is not known: it has no peer URL. Name the host.");
        // Such an address is that of the host through which the member was asked, or of this machine.
        return host.IsLoopback ? member.HostName ?? host.DnsSafeHost : host.DnsSafeHost;
    }
}
