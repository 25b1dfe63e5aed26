using System.Text;
using ClusterHeal.Etcd.Configuration;

namespace ClusterHeal.Fuzz;

/// <summary>Settings of etcd in all their forms. The files that they name are inputs of the same kind.</summary>
/// <param name="seeds">Good settings.</param>
internal sealed class SettingsTarget(IReadOnlyList<string> seeds) : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "settings";

    /// <inheritdoc/>
    public byte[] Make(Random random, int longest) => TextMutation.Bytes(TextMutation.Make(seeds, random, longest));

    /// <inheritdoc/>
    public async Task<FuzzOutcome> ReadAsync(byte[] input, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(input);
        var reader = new EtcdConfigurationReader((_, _) => Task.FromResult<string?>(text));
        try
        {
            await reader.ParseAsync("/etc/etcd/etcd.conf", text, cancellationToken);
            return FuzzOutcome.Taken;
        }
        catch (ClusterHealException)
        {
            return FuzzOutcome.Refused;
        }
    }
}
