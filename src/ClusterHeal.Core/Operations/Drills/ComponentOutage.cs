namespace ClusterHeal.Operations.Drills;

/// <summary>Stops a component on hosts, with the dead-man's switch armed on each, and starts it again.</summary>
/// <param name="context">The drill.</param>
/// <param name="component">The component.</param>
/// <param name="hosts">The hosts.</param>
internal sealed class ComponentOutage(DrillContext context, ClusterComponent component, IReadOnlyList<HostConnection> hosts)
{
    private TimeSpan _healAfter;

    /// <summary>What has to be started if the drill is never ended.</summary>
    public DrillMark Mark => new(hosts.ToDictionary(h => h.HostName, _ => component), null);

    /// <summary>Stops it on all hosts.</summary>
    /// <param name="healAfter">The time after which the hosts start it by themselves.</param>
    /// <param name="cancellationToken">Ends it. What was stopped by then has its switch armed.</param>
    public Task StopAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        _healAfter = healAfter;
        return ChangeAsync(ComponentAction.Stop, cancellationToken);
    }

    /// <summary>Starts it wherever it is stopped, and waits until it answers.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => ChangeAsync(ComponentAction.Start, cancellationToken);

    private async Task ChangeAsync(ComponentAction action, CancellationToken cancellationToken)
    {
        // The drill has counted the API servers before, and asked the user if there is only one. It never risks etcd's quorum.
        var sink = new PartSink(context.Sink) { Dares = caption => caption == "last API server" };
        var change = new ComponentChange
        {
            Action = action,
            Targets = [.. hosts.Select(host => new HostComponents(host, [component]))],
            For = _healAfter,
            Wait = true,
            Journal = context.Journal,
            JournalFolder = context.Request.JournalFolder,
            OpenShell = context.Request.OpenShell,
        };
        await ComponentChanger.RunAsync(change, sink, context.Time, cancellationToken).ConfigureAwait(false);
        sink.ThrowIfFailed();
    }
}
