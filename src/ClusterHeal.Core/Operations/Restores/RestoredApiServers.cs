using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The API servers of the hosts whose data were swapped. They have to be ready, and to read the current state of their etcd.</summary>
/// <param name="servers">The servers and their hosts.</param>
/// <param name="patience">How long each may take.</param>
/// <param name="time">The clock.</param>
internal sealed class RestoredApiServers(IReadOnlyList<(IHostShell Shell, ComponentStatus Status)> servers, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits until each is ready.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="ClusterHealException">One is not ready in time.</exception>
    public async Task<string?> AwaitAsync(CancellationToken cancellationToken)
    {
        foreach (var (shell, status) in servers)
        {
            var probe = new ApiServerProbe(shell, status);
            if (!await Waiting.UntilAsync(probe.IsReadyAsync, isReady => isReady, cancellationToken).ConfigureAwait(false)) throw NotReady(shell);
        }

        return servers.Count == 0 ? "there are none on these hosts" : $"{servers.Count} ready";
    }

    /// <summary>
    /// Lists through each of them with an administrator's kubeconfig of its host. If there is none, or if it is refused, nothing is claimed: the
    /// restored data decide about users.
    /// </summary>
    /// <param name="revision">The revision at which etcd was proven. A server that answers with an older one reads another etcd.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">A server does not answer, or not with the state of its etcd.</exception>
    public async Task<(CheckStatus Status, string? Message)> ReadAsync(long revision, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        var unread = 0;
        foreach (var (shell, status) in servers)
        {
            string outcome;
            try
            {
                var reading = await TakeAsync(shell, status, revision, cancellationToken).ConfigureAwait(false);
                outcome = reading is null
                    ? "not read, as there is no administrator's kubeconfig with its certificates inside"
                    : string.Create(CultureInfo.InvariantCulture, $"{reading.Namespaces} namespaces and {reading.Nodes} nodes at revision {reading.Revision}");
                if (reading is null) unread++;
            }
            catch (ClusterHealException e) when (IsNotToBeSeen(e))
            {
                outcome = $"not read: {e.Message}";
                unread++;
            }

            said.Add($"{shell.HostName}: {outcome}");
        }

        return (unread == 0 ? CheckStatus.Pass : CheckStatus.Unknown, servers.Count == 0 ? "there are none on these hosts" : string.Join("; ", said));
    }

    private Waiting Waiting => new(time, patience, Pause);

    private Task<KubernetesReading?> TakeAsync(IHostShell shell, ComponentStatus status, long revision, CancellationToken cancellationToken) =>
        Waiting.RetryAsync(
            async stop =>
            {
                var reading = await KubernetesReading.TakeAsync(shell, status, time, stop).ConfigureAwait(false);
                return reading is null || reading.Revision >= revision ? reading : throw Behind(shell, reading.Revision, revision);
            },
            e => e is ClusterHealException fault && !IsNotToBeSeen(fault),
            cancellationToken);

    // Caused by the user, the kubeconfig or its file, not by the server.
    private static bool IsNotToBeSeen(ClusterHealException fault) =>
        fault is HostShellException or KubernetesException { StatusCode: 401 or 403 }
        || fault.ErrorId is ErrorIds.KubeconfigInvalid or ErrorIds.KubeconfigEntryNotFound;

    private ClusterHealException NotReady(IHostShell shell) => new(
        ErrorIds.RestoreNotProven,
        FaultCategory.VerificationFailed,
        $"The API server on {shell.HostName} is not ready {patience.TotalMinutes:0} minutes after its start.",
        shell.HostName,
        "Look at '/readyz?verbose' and into its log on that host.");

    private static ClusterHealException Behind(IHostShell shell, long revision, long proven) => new(
        ErrorIds.RestoreNotProven,
        FaultCategory.VerificationFailed,
        string.Create(CultureInfo.InvariantCulture, $"The API server on {shell.HostName} reads revision {revision}, and its etcd is at {proven} at least."),
        shell.HostName,
        "See which etcd it uses: its flag --etcd-servers.");
}
