using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>
/// Finds the certificates of a control-plane host: those that the flags of its components and the settings of etcd name, and those of its
/// distribution that no flag names. The kubelet's are left out: it renews its certificates itself.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="commands">The components that it has.</param>
/// <param name="etcd">The settings of its etcd, or null.</param>
internal sealed class CertificateFiles(IHostShell shell, IReadOnlyList<ComponentCommand> commands, EtcdConfiguration? etcd)
{
    private static readonly string[] AuthorityFlags =
    [
        "--client-ca-file", "--etcd-cafile", "--requestheader-client-ca-file", "--root-ca-file", "--cluster-signing-cert-file", "--trusted-ca-file",
        "--peer-trusted-ca-file",
    ];

    private static readonly (string Certificate, string Key)[] PairFlags =
    [
        ("--tls-cert-file", "--tls-private-key-file"), ("--etcd-certfile", "--etcd-keyfile"),
        ("--kubelet-client-certificate", "--kubelet-client-key"), ("--proxy-client-cert-file", "--proxy-client-key-file"),
    ];

    private static readonly string[] KubeconfigFlags = ["--kubeconfig", "--authentication-kubeconfig", "--authorization-kubeconfig"];

    private readonly Dictionary<string, HostCertificate> _found = new(StringComparer.Ordinal);

    /// <summary>What should have been read and could not be, each as a sentence.</summary>
    public List<string> Faults { get; } = [];

    public async Task<IReadOnlyList<HostCertificate>> ReadAsync(CancellationToken cancellationToken)
    {
        if (etcd is not null)
        {
            await AddAsync(etcd.ServerCertFile, etcd.ServerKeyFile, ClusterComponent.Etcd, mustBe: true, cancellationToken).ConfigureAwait(false);
            await AddAsync(etcd.PeerCertFile, etcd.PeerKeyFile, ClusterComponent.Etcd, mustBe: true, cancellationToken).ConfigureAwait(false);
            // Probes and people use it to ask etcd; etcd itself does not read it.
            foreach (var usual in Distributions.Of(distribution => distribution.EtcdClient))
            {
                var client = etcd.ServerCertFile is { } server ? $"{Folder(server)}/{Path.GetFileName(usual)}" : usual;
                await AddAsync($"{client}.crt", $"{client}.key", null, mustBe: false, cancellationToken).ConfigureAwait(false);
                if (_found.TryGetValue($"{client}.crt", out var known)) _found[known.Path] = known with { IsEtcdClient = true };
            }
        }

        foreach (var command in commands.Where(command => command.Status.Component != ClusterComponent.Etcd))
        {
            foreach (var (certificate, key) in PairFlags.Select(flags => command.Pair(flags.Certificate, flags.Key)).OfType<(string, string)>())
            {
                await AddAsync(certificate, key, command.Status.Component, mustBe: true, cancellationToken).ConfigureAwait(false);
            }

            foreach (var path in KubeconfigFlags.Select(command.File).OfType<string>().Distinct(StringComparer.Ordinal))
            {
                await AddKubeconfigAsync(path, command.Status.Component, mustBe: true, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var path in Distributions.Of(distribution => distribution.AdminKubeconfigs.Concat(distribution.SuperAdminKubeconfigs)))
        {
            await AddKubeconfigAsync(path, null, mustBe: false, cancellationToken).ConfigureAwait(false);
        }

        return [.. _found.Values];
    }

    /// <summary>The certificates of the authorities that the host knows, and where the key of each would be.</summary>
    public async Task<IReadOnlyList<(X509Certificate2 Authority, string Path, string[] KeyPaths)>> ReadAuthoritiesAsync(CancellationToken cancellationToken)
    {
        var signing = commands.Select(command => command.Pair("--cluster-signing-cert-file", "--cluster-signing-key-file")).FirstOrDefault(pair => pair is not null);
        var usual = Distributions.Of(distribution => distribution.Authorities);
        var paths = AuthorityFlags.SelectMany(flag => commands.Select(command => command.File(flag))).Concat([etcd?.TrustedCaFile, etcd?.PeerTrustedCaFile]).Concat(usual);
        var found = new List<(X509Certificate2, string, string[])>();
        foreach (var path in paths.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false) is not { } text) continue;
            var stem = path[..(path.LastIndexOf('.') is > 0 and var dot ? dot : path.Length)];
            string[] keys = [.. signing?.Certificate == path ? [signing.Value.Key] : Array.Empty<string>(), $"{stem}.key", $"{stem}-key.pem"];
            found.AddRange(CertificateText.ReadPem(text).Where(CertificateChain.IsAuthority).Select(authority => (authority, path, keys)));
        }

        return found;
    }

    private async Task AddAsync(string? path, string? keyPath, ClusterComponent? user, bool mustBe, CancellationToken cancellationToken)
    {
        if (path is null || keyPath is null || await ReadAsync(path, user, mustBe, cancellationToken).ConfigureAwait(false) is not { } text) return;
        if (CertificateText.ReadPem(text) is not [var certificate, ..])
        {
            if (mustBe) Faults.Add($"{shell.HostName}: '{path}' has no certificate that can be read.");
            return;
        }

        _found[path] = new HostCertificate
        {
            HostName = shell.HostName,
            Path = path,
            KeyPath = keyPath == path ? null : keyPath,
            Text = text,
            Certificate = certificate,
            UsedBy = user is { } component ? [component] : [],
        };
    }

    private async Task AddKubeconfigAsync(string path, ClusterComponent? user, bool mustBe, CancellationToken cancellationToken)
    {
        if (await ReadAsync(path, user, mustBe, cancellationToken).ConfigureAwait(false) is not { } text) return;
        // A kubeconfig with a token has no certificate, so none in it can expire.
        if (CertificateText.ReadKubeconfig(text).OrderBy(certificate => certificate.NotAfter).FirstOrDefault() is { } first)
        {
            _found[path] = new HostCertificate
            {
                HostName = shell.HostName, Path = path, IsKubeconfig = true, Text = text, Certificate = first, UsedBy = user is { } component ? [component] : [],
            };
        }

        foreach (var (named, key) in CertificateText.FilesOfKubeconfig(text))
        {
            await AddAsync(Absolute(named, path), Absolute(key, path), user, mustBe, cancellationToken).ConfigureAwait(false);
        }
    }

    // Reads the text of a file, once. If it was read before, one more component uses it.
    private async Task<string?> ReadAsync(string path, ClusterComponent? user, bool mustBe, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(path, out var known))
        {
            if (user is { } another && !known.UsedBy.Contains(another)) _found[path] = known with { UsedBy = [.. known.UsedBy, another] };
            return null;
        }

        if (!path.StartsWith('/') || path.Any(char.IsControl))
        {
            Faults.Add($"{shell.HostName}: '{VisibleText.Of(path)}' is no absolute path.");
            return null;
        }

        var text = await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false);
        if (text is null && mustBe) Faults.Add($"{shell.HostName}: there is no file '{path}', which {user} names.");
        return text;
    }

    private static string? Absolute(string? path, string kubeconfig) => path is null || path.StartsWith('/') ? path : $"{Folder(kubeconfig)}/{path}";

    private static string Folder(string path) => path[..path.LastIndexOf('/')];
}
