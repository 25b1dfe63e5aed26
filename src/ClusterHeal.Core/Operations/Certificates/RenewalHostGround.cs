using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>The state of a host before a renewal.</summary>
internal sealed record RenewalHostGround
{
    public required IHostShell Shell { get; init; }

    public required IReadOnlyList<ComponentStatus> ControlPlane { get; init; }

    public required ComponentStatus Kubelet { get; init; }

    /// <summary>The settings of its etcd, or null.</summary>
    public required EtcdConfiguration? Etcd { get; init; }

    /// <summary>True if its member of etcd serves and has a leader.</summary>
    public required bool EtcdServes { get; init; }

    /// <summary>True if its API server can serve.</summary>
    public required bool ApiServerIsReady { get; init; }

    public required IReadOnlyList<HostCertificate> Certificates { get; init; }

    /// <summary>The authorities that it knows, and where the key of each would be.</summary>
    public required IReadOnlyList<(X509Certificate2 Authority, string Path, string[] KeyPaths)> Authorities { get; init; }

    /// <summary>What should have been read and could not be, each as a sentence.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>By how much its clock is ahead of this machine's.</summary>
    public required TimeSpan ClockAhead { get; init; }

    /// <summary>When the client certificate of its kubelet expires; null if it has none.</summary>
    public required DateTimeOffset? KubeletUntil { get; init; }

    /// <summary>Examines a host. Changes nothing.</summary>
    /// <exception cref="ClusterHealException">It cannot be examined.</exception>
    public static async Task<RenewalHostGround> LookAsync(IHostShell shell, HostConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await ComponentFinder.FindAsync(shell, [.. ComponentDefinition.ControlPlane, ClusterComponent.Kubelet], cancellationToken).ConfigureAwait(false);
        var own = found.Where(component => component is { Component: not ClusterComponent.Kubelet, State: not ComponentState.NotFound }).ToArray();
        var commands = new List<ComponentCommand>();
        foreach (var component in own) commands.Add(await ComponentCommand.ReadAsync(shell, component, cancellationToken).ConfigureAwait(false));
        var member = own.FirstOrDefault(component => component.Component == ClusterComponent.Etcd);
        var etcd = member is null ? null : await EtcdHost.ReadConfigurationAsync(shell, connection, member, cancellationToken).ConfigureAwait(false);
        var files = new CertificateFiles(shell, commands, etcd);
        var certificates = await files.ReadAsync(cancellationToken).ConfigureAwait(false);
        var server = commands.FirstOrDefault(command => command.Status.Component == ClusterComponent.ApiServer)?.Status;
        return new RenewalHostGround
        {
            Shell = shell,
            ControlPlane = [.. commands.Select(command => command.Status)],
            Kubelet = found[^1],
            Etcd = etcd,
            EtcdServes = etcd is not null && await EtcdAnswers.WhyNotAsync(shell, etcd, cancellationToken).ConfigureAwait(false) is null,
            ApiServerIsReady = server is not null && await new ApiServerProbe(shell, server).IsReadyAsync(cancellationToken).ConfigureAwait(false),
            Certificates = certificates,
            Authorities = await files.ReadAuthoritiesAsync(cancellationToken).ConfigureAwait(false),
            Faults = files.Faults,
            ClockAhead = await ClockAheadAsync(shell, time, cancellationToken).ConfigureAwait(false),
            KubeletUntil = await KubeletUntilAsync(shell, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<TimeSpan> ClockAheadAsync(IHostShell shell, TimeProvider time, CancellationToken cancellationToken)
    {
        var (before, start) = (time.GetUtcNow(), time.GetTimestamp());
        var text = (await shell.RunCheckedAsync(new HostScript("date +%s") { Purpose = "read the clock" }, cancellationToken).ConfigureAwait(false)).Text;
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(text.Trim(), CultureInfo.InvariantCulture)) - (before + (time.GetElapsedTime(start) / 2));
    }

    private static async Task<DateTimeOffset?> KubeletUntilAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        // The file has the key, too, which must not leave the host.
        var script = new HostScript(
            "for file in \"$@\"; do [ ! -e \"$file\" ] || sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' -- \"$file\"; done",
            Distributions.Of(distribution => distribution.KubeletClientCertificate))
        {
            Purpose = "read the kubelet's certificate",
        };
        var text = (await shell.RunAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        return CertificateText.ReadPem(text) is [var certificate, ..] ? certificate.NotAfter.ToUniversalTime() : null;
    }
}
