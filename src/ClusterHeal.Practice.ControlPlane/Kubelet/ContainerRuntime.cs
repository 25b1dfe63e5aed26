namespace ClusterHeal.Practice.ControlPlane.Kubelet;

/// <summary>
/// The container runtime as a practice kubelet sees it. Its unit runs no containers: systemd makes the folder of its socket when it starts
/// and takes it away when it stops.
/// </summary>
/// <param name="folder">That folder, or null if no runtime is asked.</param>
internal sealed class ContainerRuntime(string? folder)
{
    /// <summary>For how long the real kubelet forgives a runtime that does not answer (baseRuntimeSyncThreshold in pkg/kubelet).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private DateTimeOffset _answered;

    /// <summary>Whether it answers now.</summary>
    public bool Answers => folder is null || Directory.Exists(folder);

    /// <summary>Asks it, and says whether the kubelet calls it down.</summary>
    public bool IsDown(DateTimeOffset now)
    {
        if (Answers) _answered = now;
        return now - _answered > Patience;
    }
}
