using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Lists the members of an etcd cluster, and what each says about itself.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdMember")]
[OutputType(typeof(EtcdMember))]
public sealed class GetEtcdMemberCommand : EtcdCmdlet
{
    /// <summary>The API to ask.</summary>
    [Parameter]
    [ValidateSet("v3", "v2")]
    public string ApiVersion { get; set; } = "v3";

    /// <summary>How long one call may take.</summary>
    [Parameter]
    [ValidateRange(1, 3600), Seconds]
    public int TimeoutSec { get; set; } = 10;

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        connection = connection with { CallTimeout = TimeSpan.FromSeconds(TimeoutSec) };
        return ApiVersion == "v2"
            ? new V2MemberQuery(connection).RunAsync(sink, cancellationToken)
            : new MemberQuery(connection).RunAsync(sink, cancellationToken);
    }
}
