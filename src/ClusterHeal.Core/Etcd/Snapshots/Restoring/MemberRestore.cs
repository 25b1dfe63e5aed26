namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Restores one member on this machine, as <c>etcdctl snapshot restore</c> does: plan, question, restore.</summary>
public static class MemberRestore
{
    /// <summary>Restores the member after the user has agreed to the plan, and emits an <see cref="EtcdRestoreResult"/>.</summary>
    /// <param name="path">The snapshot file.</param>
    /// <param name="spec">What is made of it.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="advertisedUrls">The peer URLs that the member will advertise, to compare with the cluster's; empty to take those.</param>
    /// <param name="sink">Is asked, and gets the result.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it; then everything is deleted.</param>
    /// <exception cref="ClusterHealException">The options or the file do not fit, or the directory cannot be written.</exception>
    public static async Task RunAsync(
        string path,
        RestoreSpec spec,
        RestoreTarget target,
        IReadOnlyList<string> advertisedUrls,
        IOperationSink sink,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (advertisedUrls.Count > 0) spec.Cluster.CheckAdvertised(target.Name, advertisedUrls);
        using var restore = await SnapshotRestore.OpenAsync(path, spec, cancellationToken).ConfigureAwait(false);
        restore.CheckTargets([target]);
        foreach (var step in restore.Plan.Describe()) sink.Verbose(step);
        var agreed = await sink.ConfirmAsync(
            $"data directory '{target.DataDirectory}' of etcd member '{target.Name}'", $"Restore. {restore.Plan}", cancellationToken)
            .ConfigureAwait(false);
        if (!agreed) return;

        foreach (var result in await restore.RestoreAsync([target], sink, time, cancellationToken).ConfigureAwait(false)) sink.Emit(result);
    }
}
