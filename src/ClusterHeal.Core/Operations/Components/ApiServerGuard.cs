using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations;

/// <summary>Asks once more before the last API server of a cluster is stopped, or where nobody can tell whether it is the last.</summary>
internal static class ApiServerGuard
{
    /// <summary>
    /// Counts the API servers by the leases that each of them renews in etcd (<c>/registry/masterleases/</c>), which is what the
    /// <c>kubernetes</c> service goes by, too.
    /// </summary>
    /// <exception cref="HostShellException">The user said no.</exception>
    public static async Task CheckAsync(IHostShell shell, ComponentPlan plan, IOperationSink sink, CancellationToken cancellationToken)
    {
        var (count, reason) = await CountAsync(shell, plan.Current, cancellationToken).ConfigureAwait(false);
        if (count > 1) return;
        var question = reason is null
            ? $"No API server but {plan.Target} is alive: the cluster cannot be talked to until it is back. Stop it?"
            : $"Whether another API server than {plan.Target} is alive cannot be told ({reason}). Stop it?";
        if (await sink.ConfirmDangerAsync("last API server", question, cancellationToken).ConfigureAwait(false)) return;
        throw new HostShellException(
            ErrorIds.LastApiServer,
            FaultCategory.InvalidOperation,
            $"{plan.Target} was not stopped: it may be the last API server.",
            shell.HostName,
            "Answer the question with yes, or give -Force -Confirm:$false where nobody can be asked.");
    }

    /// <summary>How many API servers there are by those leases, or 0 and why it cannot be told.</summary>
    /// <param name="shell">A host from which etcd is reached.</param>
    /// <param name="server">Its API server, whose flags say how.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    public static async Task<(long Count, string? Reason)> CountAsync(IHostShell shell, ComponentStatus server, CancellationToken cancellationToken)
    {
        if (server.Flag("--etcd-servers") is not { } servers) return (0, "its flags name no etcd");
        try
        {
            var etcd = await EtcdHost.ConnectAsync(
                shell,
                EtcdEndpoint.ParseMany(servers),
                server.Flag("--etcd-cafile"),
                server.Flag("--etcd-certfile"),
                server.Flag("--etcd-keyfile"),
                cancellationToken).ConfigureAwait(false);
            using var tls = etcd.Tls;
            using var client = etcd.Open(etcd.Endpoints[0]);
            var prefix = $"{(server.Flag("--etcd-prefix") ?? "/registry").TrimEnd('/')}/masterleases/";
            var request = new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(prefix), RangeEnd = ByteString.CopyFromUtf8(prefix[..^1] + (char)('/' + 1)), CountOnly = true,
            };
            return ((await client.RangeAsync(request, cancellationToken).ConfigureAwait(false)).Count, null);
        }
        catch (ClusterHealException e)
        {
            return (0, e.Message);
        }
    }
}
