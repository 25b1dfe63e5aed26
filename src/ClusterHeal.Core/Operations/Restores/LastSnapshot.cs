using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>Saves the present data of a cluster before it is restored or repaired, from any member that answers.</summary>
internal static class LastSnapshot
{
    private const string LoginRemedy =
        "etcd has authentication on, and the hosts log in by their client certificate: give etcd a user with the role root that is named as its common name, "
        + "or turn authentication off with etcdctl.";

    /// <summary>Saves it from one of the hosts of a restore.</summary>
    /// <inheritdoc cref="SaveAsync(IEnumerable{ValueTuple{IHostShell, EtcdConfiguration}}, string, IOperationSink, TimeProvider, CancellationToken)"/>
    public static Task<(EtcdSnapshot Snapshot, string HostName)> SaveAsync(
        IReadOnlyList<SurveyedHost> hosts, string path, IOperationSink sink, TimeProvider time, CancellationToken cancellationToken) =>
        SaveAsync(hosts.Where(h => h.Status is not null).Select(h => (h.Shell, h.Configuration)), path, sink, time, cancellationToken);

    /// <summary>Saves it.</summary>
    /// <returns>The snapshot, and the host of the member that sent it.</returns>
    /// <exception cref="ClusterHealException">No member sent one. The caller stops nothing without it.</exception>
    public static async Task<(EtcdSnapshot Snapshot, string HostName)> SaveAsync(
        IEnumerable<(IHostShell Shell, EtcdConfiguration Configuration)> members, string path, IOperationSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        ClusterHealException? failure = null;
        foreach (var (shell, configuration) in members)
        {
            try
            {
                var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
                using var tls = connection.Tls;
                var saved = new AgreedSink(sink);
                var options = new SnapshotSaveOptions { Path = path, BeforeRestore = true };
                await new SnapshotSaver(connection, options, time).RunAsync(saved, cancellationToken).ConfigureAwait(false);
                return (saved.Snapshot!, shell.HostName);
            }
            catch (ClusterHealException e)
            {
                failure = e;
            }
        }

        throw new ClusterHealException(
            failure!.ErrorId,
            failure.Category,
            $"The present data could not be saved to '{path}', and nothing is stopped without that. {failure.Message}",
            failure.Target,
            IsLogin(failure) ? LoginRemedy : failure.Remedy,
            failure);
    }

    // The login is that of the hosts, not of the user, so -Credential is no remedy.
    private static bool IsLogin(ClusterHealException failure) =>
        failure.ErrorId is ErrorIds.EtcdCredentialRequired or ErrorIds.EtcdCredentialWrong or ErrorIds.EtcdPermissionDenied;

    /// <summary>The user has confirmed the whole restore, and the snapshot is no result of its own.</summary>
    private sealed class AgreedSink(IOperationSink inner) : IOperationSink
    {
        public EtcdSnapshot? Snapshot { get; private set; }

        public void Emit(object record)
        {
            Snapshot = (EtcdSnapshot)record;
            inner.Verbose($"Saved: {record}");
        }

        public void Fail(ClusterHealException fault) => inner.Warning(fault.Message);

        public void Progress(OperationProgress progress) => inner.Progress(progress);

        public void Verbose(string message) => inner.Verbose(message);

        public void Warning(string message) => inner.Warning(message);

        public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
