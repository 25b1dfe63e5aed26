using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>The etcd of a connected cluster: at the endpoints of the connection, otherwise as it is set up on a control-plane host, and through that host.</summary>
public static class ClusterEtcd
{
    /// <summary>True if the connection knows how to reach etcd.</summary>
    public static bool IsKnown(ClusterConnection cluster) => cluster.Endpoint.Count + cluster.HostName.Count > 0;

    /// <summary>Opens a connection to etcd, uses it, and closes it.</summary>
    /// <param name="cluster">The cluster. Without endpoints the hosts are asked.</param>
    /// <param name="hosts">Its control-plane hosts. The first whose member answers is used.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="use">What is done with it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ClusterHealException">No endpoint and no host is known, or none of the hosts has an etcd that answers.</exception>
    public static async Task UseAsync(
        ClusterConnection cluster,
        IEnumerable<HostConnection> hosts,
        HostShells shells,
        Func<EtcdConnection, Task> use,
        CancellationToken cancellationToken)
    {
        if (cluster.Endpoint.Count > 0)
        {
            var endpoints = EtcdEndpoint.ParseMany([.. cluster.Endpoint]);
            using var tls = await TlsMaterial.ReadIfNamedAsync(cluster.CaFile, cluster.CertFile, cluster.KeyFile, cancellationToken).ConfigureAwait(false);
            var access = new EtcdAccess(cluster.CaFile, cluster.CertFile, cluster.KeyFile);
            await use(new EtcdConnection { Endpoints = endpoints, Tls = tls, Access = access }).ConfigureAwait(false);
            return;
        }

        ClusterHealException? fault = null;
        foreach (var host in hosts)
        {
            var shell = shells.Open(host);
            await using (shell.ConfigureAwait(false))
            {
                EtcdConnection connection;
                try
                {
                    connection = await ConnectAsync(shell, host, cancellationToken).ConfigureAwait(false);
                }
                catch (ClusterHealException e) when (e is HostShellException or EtcdException)
                {
                    fault ??= e;
                    continue;
                }

                using var tls = connection.Tls;
                await use(connection).ConfigureAwait(false);
                return;
            }
        }

        throw fault ?? new ClusterHealException(
            ErrorIds.NotConnected,
            FaultCategory.InvalidOperation,
            "No etcd endpoint is given, and this session is connected to none.",
            remedy: "Name them with -Endpoint, or connect once: Connect-Cluster -Endpoint, or Connect-Cluster -HostName with a control-plane host.");
    }

    /// <summary>The members of the cluster's etcd.</summary>
    /// <exception cref="ClusterHealException">No member answers.</exception>
    public static async Task<IReadOnlyList<EtcdMember>> MembersAsync(
        ClusterConnection cluster, HostShells shells, CancellationToken cancellationToken)
    {
        IReadOnlyList<EtcdMember> members = [];
        await UseAsync(
            cluster,
            cluster.HostName.Select(cluster.HostConnectionTo),
            shells,
            async connection => members = await MembersAsync(connection, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return members;
    }

    /// <summary>The members behind a connection.</summary>
    /// <exception cref="ClusterHealException">No member answers.</exception>
    internal static async Task<IReadOnlyList<EtcdMember>> MembersAsync(EtcdConnection connection, CancellationToken cancellationToken)
    {
        var members = new MemberList();
        await new MemberQuery(connection).RunAsync(members, cancellationToken).ConfigureAwait(false);
        return members.Members.Count > 0 ? members.Members : throw members.Fault!;
    }

    private static async Task<EtcdConnection> ConnectAsync(IHostShell shell, HostConnection host, CancellationToken cancellationToken)
    {
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, host, cancellationToken).ConfigureAwait(false);
        var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
        try
        {
            using var client = connection.Open(connection.Endpoints[0]);
            await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Tls?.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the members, and the first failure. The query's other messages are not for users of another cmdlet.</summary>
    private sealed class MemberList : IOperationSink
    {
        public List<EtcdMember> Members { get; } = [];

        public ClusterHealException? Fault { get; private set; }

        public void Emit(object record) => Members.Add((EtcdMember)record);

        public void Fail(ClusterHealException fault) => Fault ??= fault;

        public void Progress(OperationProgress progress)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
