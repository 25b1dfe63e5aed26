using ClusterHeal.Kubernetes;

namespace ClusterHeal.Fuzz;

/// <summary>Kubeconfigs, read and resolved for each of their contexts. No plugin is run.</summary>
/// <param name="seeds">Good kubeconfigs.</param>
/// <param name="folder">A folder of its own.</param>
internal sealed class KubeconfigTarget(IReadOnlyList<string> seeds, string folder) : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "kubeconfig";

    /// <inheritdoc/>
    public byte[] Make(Random random, int longest) => TextMutation.Bytes(TextMutation.Make(seeds, random, longest));

    /// <inheritdoc/>
    public async Task<FuzzOutcome> ReadAsync(byte[] input, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "kubeconfig");
        await File.WriteAllBytesAsync(path, input, cancellationToken);
        Kubeconfig kubeconfig;
        try
        {
            kubeconfig = await Kubeconfig.ReadAsync([path], cancellationToken);
        }
        catch (ClusterHealException)
        {
            return FuzzOutcome.Refused;
        }

        var outcome = FuzzOutcome.Taken;
        foreach (var context in kubeconfig.ContextNames.Append(null))
        {
            try
            {
                kubeconfig.Resolve(context);
            }
            catch (ClusterHealException)
            {
                outcome = FuzzOutcome.Refused;
            }
        }

        return outcome;
    }
}
