using System.Management.Automation;
using ClusterHeal.Completion;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that work on hosts, several at once.</summary>
public abstract class HostCmdlet : SshCmdlet
{
    /// <summary>The hosts.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName", "NodeName")]
    [ValidateNotNullOrEmpty, NameList, HostNames]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public virtual string[] HostName { get; set; } = [];

    /// <summary>How many hosts at once.</summary>
    [Parameter, ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <summary>The hosts of this input, with everything that a login needs.</summary>
    private protected IEnumerable<HostConnection> Connections() => HostsOrConnected(HostName).Select(ConnectionTo);
}
