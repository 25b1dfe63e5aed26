using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// Reverts what an unfinished drill has left. It reads the records on the control-plane hosts, so it works from any machine. What is back already is not changed.
/// </summary>
/// <param name="request">What is wanted.</param>
/// <param name="sink">Takes a <see cref="DrillUndo"/> for each drill. It is asked before each undo.</param>
/// <param name="time">The clock.</param>
public sealed class FailureDrillUndo(FailureDrillUndoRequest request, IOperationSink sink, TimeProvider time)
{
    private const string Operation = "Undo-FailureDrill";

    /// <summary>Undoes all drills on record, or the named one.</summary>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <exception cref="ClusterHealException">A host cannot be asked, or there is no such drill.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var shells = request.Hosts.Select(request.OpenShell).ToArray();
        try
        {
            var read = await Task.WhenAll(shells.Select(shell => DrillRecord.ReadAsync(shell, cancellationToken))).ConfigureAwait(false);
            var records = read.SelectMany(r => r.Records).DistinctBy(r => r.OperationId)
                .Where(r => request.OperationId is null || r.OperationId == request.OperationId).ToArray();
            // If the record is damaged on one host, the other hosts have the same record.
            string[] unreadable = [.. shells.Zip(read).SelectMany(host => host.Second.Unreadable.Select(file => $"'{file}' on {host.First.HostName}"))];
            if (records.Length == 0) throw NotFound(unreadable);
            if (unreadable.Length > 0) sink.Warning(NotRead(unreadable));
            foreach (var record in records) await UndoAsync(record, shells, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var shell in shells) await shell.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task UndoAsync(DrillRecord record, IReadOnlyList<IHostShell> shells, CancellationToken cancellationToken)
    {
        if (!record.IsOwn)
        {
            sink.Fail(NotOurs(record));
            return;
        }

        var target = string.Create(
            CultureInfo.InvariantCulture,
            $"the {record.Drill} drill {record.OperationId} of cluster '{record.ClusterName}', "
                + $"begun by {record.Operator} at {record.StartedAt:yyyy-MM-dd HH:mm:ss} UTC");
        if (!await sink.ConfirmAsync(target, "Bring back what it stopped, and take its canary away", cancellationToken).ConfigureAwait(false)) return;
        // It continues under the drill's own ID, which has the locks.
        var journal = new OperationJournal(Operation, record.OperationId, request.JournalFolder, time);
        var locks = await DrillLocks.TakeAsync(
            shells, record.Components.Keys, name => request.OpenShell(request.NodeHost(name)), journal, request.Force, cancellationToken).ConfigureAwait(false);
        await using var unlock = locks.ConfigureAwait(false);
        var steps = new List<string>();
        ClusterHealException? failure = null;
        try
        {
            await HealAsync(record, journal, shells, steps, cancellationToken).ConfigureAwait(false);
            foreach (var shell in shells) await DrillRecord.RemoveAsync(shell, journal, cancellationToken).ConfigureAwait(false);
            steps.Add("end the drill on all hosts");
        }
        catch (ClusterHealException e)
        {
            failure = e;
        }

        sink.Emit(new DrillUndo
        {
            Drill = record.Drill,
            OperationId = record.OperationId,
            ClusterName = record.ClusterName,
            Operator = record.Operator,
            StartedAt = record.StartedAt,
            Succeeded = failure is null,
            Step = [.. steps],
        });
        if (failure is not null) sink.Fail(NotUndone(record, failure));
    }

    private async Task HealAsync(
        DrillRecord record, OperationJournal journal, IReadOnlyList<IHostShell> shells, List<string> steps, CancellationToken cancellationToken)
    {
        if (record.Restores) steps.AddRange(await RestoreEnd.BringAboutAsync(shells, journal, sink, time, cancellationToken).ConfigureAwait(false));
        if (record.LostMember is not null) steps.AddRange(await MemberLoss.EndAsync(record, request, journal, sink, cancellationToken).ConfigureAwait(false));
        if (record.FullMember is not null) steps.AddRange(await FullDatabase.EndAsync(record, request, shells, journal, sink, cancellationToken).ConfigureAwait(false));
        foreach (var (name, component) in record.Components)
        {
            var connection = request.Hosts.FirstOrDefault(h => HostNames.AreSame(h.HostName, name)) ?? request.NodeHost(name);
            await StartAsync(connection, component, journal, cancellationToken).ConfigureAwait(false);
            steps.Add($"{component} on {name} runs");
        }

        var hosts = await Task.WhenAll(shells.Zip(request.Hosts).Select(h => DrillHost.LookAsync(h.First, h.Second, cancellationToken))).ConfigureAwait(false);
        using var api = new DrillApi(request.Kubernetes, hosts, time);
        if (record.CordonedNode is { } node)
        {
            await api.DoAsync(client => Cordon.SetAsync(client, node, schedulable: true, cancellationToken)).ConfigureAwait(false);
            steps.Add($"node '{node}' takes pods again");
        }

        await Canary.DeleteAsync(api, record.Namespace, cancellationToken).ConfigureAwait(false);
        steps.Add($"delete namespace '{record.Namespace}'");
    }

    private async Task StartAsync(HostConnection connection, ClusterComponent component, OperationJournal journal, CancellationToken cancellationToken)
    {
        var part = new PartSink(sink);
        var change = new ComponentChange
        {
            Action = ComponentAction.Start,
            Targets = [new HostComponents(connection, [component])],
            Wait = true,
            Journal = journal,
            JournalFolder = request.JournalFolder,
            OpenShell = request.OpenShell,
        };
        await ComponentChanger.RunAsync(change, part, time, cancellationToken).ConfigureAwait(false);
        part.ThrowIfFailed();
    }

    private static string NotRead(string[] unreadable) => $"What is in {string.Join(", ", unreadable)} is no record that can be read, perhaps of a drill.";

    private ClusterHealException NotFound(string[] unreadable) => new(
        ErrorIds.DrillNotFound,
        FaultCategory.NotFound,
        (request.OperationId is null ? "No drill" : $"No drill {request.OperationId}")
            + $" is left to be undone on {string.Join(", ", request.Hosts.Select(h => h.HostName))}{(unreadable.Length == 0 ? "." : $", as far as can be told. {NotRead(unreadable)}")}",
        request.OperationId,
        "Name all control-plane hosts. Get-ControlPlaneComponent and Get-NodeStatus show what is down.");

    private static ClusterHealException NotOurs(DrillRecord record) => new(
        ErrorIds.DrillNotUndone,
        FaultCategory.InvalidData,
        $"The record of the drill '{record.OperationId}' names the namespace '{record.Namespace}', which is not that of a drill. Nothing was touched.",
        record.OperationId,
        "Look at /var/lib/clusterheal/drills on the control-plane hosts. Get-ControlPlaneComponent and Get-NodeStatus show what is down; bring it back by hand.");

    private static ClusterHealException NotUndone(DrillRecord record, ClusterHealException failure) => new(
        ErrorIds.DrillNotUndone,
        failure.Category,
        $"The {record.Drill} drill {record.OperationId} could not be undone whole: {failure.Message}",
        record.OperationId,
        failure.Remedy,
        failure);
}
