using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Asks again before the last API server of a cluster is stopped, or if it is not known whether it is the last.</summary>
internal static class ApiServerGuard
{
    /// <summary>Asks the other API servers whether they are live. One is enough; without one the user is asked.</summary>
    /// <param name="shell">The host whose API server will be stopped.</param>
    /// <param name="plan">The plan of the stop.</param>
    /// <param name="change">The change, which knows other hosts and how to reach them.</param>
    /// <param name="sink">Where the question goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HostShellException">The user said no.</exception>
    public static async Task CheckAsync(
        IHostShell shell, ComponentPlan plan, ComponentChange change, IOperationSink sink, CancellationToken cancellationToken)
    {
        var hosts = change.Targets.Select(target => target.Host).Concat(change.ControlPlane)
            .Where(host => !HostNames.AreSame(host.HostName, shell.HostName)).DistinctBy(host => HostNames.Normal(host.HostName)).ToArray();
        var others = await OtherApiServers.AskAsync(shell, plan.Current, hosts, change.OpenShell, cancellationToken).ConfigureAwait(false);
        if (others.Answering is { } other)
        {
            sink.Verbose($"{plan.Target} may be stopped: the API server at {other} lives.");
            return;
        }

        if (await sink.ConfirmDangerAsync("last API server", Question(plan, others), cancellationToken).ConfigureAwait(false)) return;
        throw new HostShellException(
            ErrorIds.LastApiServer,
            FaultCategory.InvalidOperation,
            $"{plan.Target} was not stopped: it may be the last API server.",
            shell.HostName,
            "Answer the question with yes, or give -Force -Confirm:$false if nobody can be asked.");
    }

    private static string Question(ComponentPlan plan, OtherApiServers others)
    {
        if (others.Silent.Count == 0 && !(others.IsAlone && others.Reason is null))
        {
            return $"Whether another API server than {plan.Target} lives is not known: "
                + $"{others.Reason?.TrimEnd('.') ?? "neither etcd nor the connection names another one that could be asked"}. Stop it?";
        }

        var asked = others.Silent.Count == 0 ? "" : $" (asked in vain: {string.Join(", ", others.Silent)})";
        return $"No API server but {plan.Target} answers{asked}: the cluster cannot be talked to until it is back. Stop it?";
    }
}
