using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Certificates;

/// <summary>Proves over the network that components present their new certificates, and that they accept clients with new ones.</summary>
/// <param name="ground">The state before.</param>
/// <param name="patience">How long a component may take.</param>
/// <param name="time">The clock.</param>
internal sealed class RenewalProof(RenewalGround ground, TimeSpan patience, TimeProvider time)
{
    private const int PeerPort = 2380;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Proves a group. A member of etcd that cannot serve yet must at least present its certificate to the other members.</summary>
    /// <returns>What was proven.</returns>
    /// <exception cref="ClusterHealException">It could not be proven in time.</exception>
    public Task<string?> ProveAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        if (group.IsEtcd && ground.EtcdIsCutOff)
            return AwaitAsync(group, stop => WhyPeersSeeOldAsync(group, stop), "it shows the new certificate to the other members", cancellationToken);
        return group.Component?.Component switch
        {
            ClusterComponent.Etcd => ProveEtcdAsync(group, cancellationToken),
            ClusterComponent.ApiServer => AwaitAsync(group, stop => WhyNotReadyAsync(group, stop), "it is ready and shows the certificate of its file", cancellationToken),
            null => AwaitAsync(group, stop => WhyRefusedAsync(group, stop), "clients are let in with them", cancellationToken),
            _ => AwaitAsync(group, stop => WhyNotRunningAsync(group, stop), "it runs, and its certificate is let in", cancellationToken),
        };
    }

    /// <summary>Proves that a member of etcd serves, with the new certificates.</summary>
    /// <exception cref="ClusterHealException">It could not be proven in time.</exception>
    public Task<string?> ProveEtcdAsync(RenewalGroup group, CancellationToken cancellationToken) => AwaitAsync(
        group,
        async stop => await WhyPeersSeeOldAsync(group, stop).ConfigureAwait(false)
            ?? await WhyOldIsShownAsync(group, group.Host.Etcd!.ServerCertFile, group.Host.Etcd.Endpoint[0], 2379, stop).ConfigureAwait(false)
            ?? await EtcdAnswers.WhyNotAsync(group.Host.Shell, group.Host.Etcd, stop).ConfigureAwait(false),
        "it serves, and shows the new certificates",
        cancellationToken);

    /// <summary>Waits until a group with its old files works as before.</summary>
    /// <exception cref="ClusterHealException">It does not in time.</exception>
    public Task<string?> AwaitFormerAsync(RenewalGroup group, CancellationToken cancellationToken) => group switch
    {
        { IsEtcd: true, Host.EtcdServes: true } =>
            AwaitAsync(group, stop => EtcdAnswers.WhyNotAsync(group.Host.Shell, group.Host.Etcd!, stop), "it serves as before", cancellationToken),
        { IsApiServer: true, Host.ApiServerIsReady: true } => AwaitAsync(group, stop => WhyNotReadyAsync(group, stop), "it is ready as before", cancellationToken),
        _ => Task.FromResult<string?>(null),
    };

    private async Task<string?> AwaitAsync(RenewalGroup group, Func<CancellationToken, Task<string?>> whyNotAsync, string seen, CancellationToken cancellationToken)
    {
        var why = await new Waiting(time, patience, Pause).UntilAsync(whyNotAsync, why => why is null, cancellationToken).ConfigureAwait(false);
        if (why is null) return seen;
        throw new ClusterHealException(
            ErrorIds.CertificateRenewalPutBack,
            FaultCategory.VerificationFailed,
            $"{group.Title}: {patience.TotalSeconds:0} seconds after its start, {why.TrimEnd('.')}.",
            group.Host.Shell.HostName,
            "Look into its log on the host.");
    }

    private static Task<string?> WhyPeersSeeOldAsync(RenewalGroup group, CancellationToken cancellationToken) =>
        WhyOldIsShownAsync(group, group.Host.Etcd!.PeerCertFile, group.Host.Etcd.ListenPeerUrls[0], PeerPort, cancellationToken);

    // A certificate that was not renewed is not checked.
    private static async Task<string?> WhyOldIsShownAsync(RenewalGroup group, string? path, string url, int defaultPort, CancellationToken cancellationToken)
    {
        if (group.Files.FirstOrDefault(file => file.Former.Path == path) is not { } renewed || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) return null;
        var host = uri.IdnHost.Trim('[', ']') is var named && named is "0.0.0.0" or "::" ? "127.0.0.1" : uri.IdnHost.Trim('[', ']');
        var port = uri.IsDefaultPort ? defaultPort : uri.Port;
        var (shown, obstacle) = await new ShownCertificate(group.Title, "etcd", host, port, group.Host.Shell.DialAsync, "").SeeAsync(cancellationToken).ConfigureAwait(false);
        using (shown)
        {
            if (shown is null) return $"it shows no certificate at {host}:{port}: {obstacle}";
            return shown.RawDataMemory.Span.SequenceEqual(renewed.Certificate.RawDataMemory.Span)
                ? null
                : $"it shows at {host}:{port} a certificate that ends at {shown.NotAfter.ToUniversalTime():u}, which is not the new one";
        }
    }

    private static async Task<string?> WhyNotReadyAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        var status = await ComponentFinder.FindAsync(group.Host.Shell, ClusterComponent.ApiServer, cancellationToken).ConfigureAwait(false);
        if (status.State != ComponentState.Running) return $"it is {status.State}";
        return await new ApiServerProbe(group.Host.Shell, status).IsReadyAsync(cancellationToken).ConfigureAwait(false)
            ? null
            : "it is not ready, or does not show the certificate of its file";
    }

    private async Task<string?> WhyNotRunningAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        var status = await ComponentFinder.FindAsync(group.Host.Shell, group.Component!.Component, cancellationToken).ConfigureAwait(false);
        if (status.State != ComponentState.Running) return $"it is {status.State}";
        if (status.Port is { } port && !status.IsListening) return $"port {port} is not open";
        return await WhyRefusedAsync(group, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> WhyRefusedAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        foreach (var file in group.Files)
        {
            var why = file.Former switch
            {
                { IsKubeconfig: true } => await WhyApiRefusesAsync(group.Host, file, cancellationToken).ConfigureAwait(false),
                { IsEtcdClient: true } => await WhyEtcdRefusesAsync(group.Host, file.Former, cancellationToken).ConfigureAwait(false),
                _ => null,
            };
            if (why is not null) return $"{file.Former.Path} is not let in: {why}";
        }

        return null;
    }

    private async Task<string?> WhyApiRefusesAsync(RenewalHostGround host, RenewedFile renewed, CancellationToken cancellationToken)
    {
        try
        {
            if (HostKubeconfig.TryUse(renewed.Former.Path, renewed.Text) is not { } described) return null;
            var server = host.ControlPlane.FirstOrDefault(component => component.Component == ClusterComponent.ApiServer);
            // The file may name a load balancer, which chooses its own server.
            var connection = described with
            {
                ConnectTimeout = TimeSpan.FromSeconds(20),
                Dialer = server?.Port is { } port ? (_, _, stop) => host.Shell.DialAsync(ApiServerProbe.AddressOf(server), port, stop) : host.Shell.DialAsync,
            };
            using var client = new KubernetesClient(connection, time);
            await client.VersionAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        // This proves who asks. What the client may do does not matter here.
        catch (KubernetesException e) when (e.StatusCode == 403)
        {
            return null;
        }
        catch (ClusterHealException e)
        {
            return e.Message;
        }
    }

    private static Task<string?> WhyEtcdRefusesAsync(RenewalHostGround host, HostCertificate certificate, CancellationToken cancellationToken) =>
        EtcdAnswers.WhyNotAsync(host.Shell, host.Etcd! with { CertFile = certificate.Path, KeyFile = certificate.KeyPath }, cancellationToken);
}
