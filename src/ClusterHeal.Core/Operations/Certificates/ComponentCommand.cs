using ClusterHeal.Common.Yaml;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>The command line of a component, with paths as its host sees them. Also of a static pod that does not run at the moment.</summary>
/// <param name="status">The component.</param>
/// <param name="pod">Its container, or null for a unit.</param>
internal sealed class ComponentCommand(ComponentStatus status, StaticPodManifest? pod)
{
    public ComponentStatus Status => status;

    /// <summary>Reads it. A running process counts more than its manifest.</summary>
    /// <exception cref="ClusterHealException">The manifest cannot be read.</exception>
    public static async Task<ComponentCommand> ReadAsync(IHostShell shell, ComponentStatus status, CancellationToken cancellationToken)
    {
        if (status.Mechanism != ComponentMechanism.StaticPod) return new ComponentCommand(status, null);
        var text = await shell.FindTextAsync(status.ParkedPath ?? status.ManifestPath!, cancellationToken).ConfigureAwait(false);
        StaticPodManifest? pod;
        try
        {
            pod = text is null ? null : StaticPodManifest.Find(YamlText.Load(text), ComponentDefinition.Of(status.Component).Program);
        }
        catch (YamlFault e)
        {
            throw new ClusterHealException(
                ErrorIds.CertificateRenewalRefused,
                FaultCategory.InvalidData,
                $"{shell.HostName}: the manifest '{status.ManifestPath}' cannot be read: {e.Place}: {e.Message} Nothing was touched.",
                shell.HostName,
                "Fix the manifest first; the kubelet cannot read it either.");
        }

        return new ComponentCommand(status.CommandLine.Count > 0 || pod is null ? status : status with { CommandLine = [.. pod.Arguments] }, pod);
    }

    /// <summary>The file that a flag names; null if the flag is not given.</summary>
    public string? File(string flag) => status.Flag(flag) is { Length: > 0 } path ? pod?.HostPath(path) ?? path : null;

    /// <summary>The certificate and the key that two flags name; null if one of them is not given.</summary>
    public (string Certificate, string Key)? Pair(string certificateFlag, string keyFlag) =>
        File(certificateFlag) is { } certificate && File(keyFlag) is { } key ? (certificate, key) : null;
}
