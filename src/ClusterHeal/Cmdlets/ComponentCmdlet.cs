using ClusterHeal.Operations;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The base of the cmdlets about components. It gathers all its input, so that the hosts of a pipeline are worked on at once, too, and there is one login to each.
/// </summary>
public abstract class ComponentCmdlet : HostCmdlet
{
    private readonly List<HostComponents> _gathered = [];

    /// <summary>The components of this input.</summary>
    private protected abstract ClusterComponent[] Wanted { get; }

    /// <inheritdoc/>
    protected sealed override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        _gathered.AddRange(Connections().Select(connection => new HostComponents(connection, Wanted)));
        return Task.CompletedTask;
    }

    /// <summary>The hosts of the whole input, each once, with all that is wanted on it.</summary>
    private protected IReadOnlyList<HostComponents> Gathered() =>
    [
        .. _gathered.GroupBy(target => (HostNames.Normal(target.Host.HostName), target.Host.UserName, target.Host.Port)).Select(host =>
            new HostComponents(host.First().Host, [.. host.SelectMany(target => target.Components).Distinct()])),
    ];
}
