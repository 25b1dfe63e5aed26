using System.Collections;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Completion;

/// <summary>Completes contexts of the typed kubeconfig, or of the one that kubectl would use.</summary>
public sealed class ContextCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        string[] files = [.. KubeconfigOf(bound)];
        // Reading is fast: local files of some KiB.
        return Task.Run(() => Kubeconfig.ReadAsync(files, CancellationToken.None)).GetAwaiter().GetResult().ContextNames;
    }
}
