using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>
/// Settings of etcd by the names of its flags, from wherever they come, and what etcd makes of them: its defaults
/// (server/embed/config.go) and the client settings that follow.
/// </summary>
/// <param name="source">The file, for messages.</param>
/// <param name="form">How it is written.</param>
/// <param name="values">Flag names without dashes, and their values.</param>
internal sealed class EtcdSettings(string source, EtcdConfigurationForm form, IReadOnlyDictionary<string, string> values)
{
    private const string DefaultClientUrl = "http://localhost:2379";
    private const string DefaultName = "default";
    private const string DefaultPeerUrl = "http://localhost:2380";

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "data-dir", "wal-dir", "listen-client-urls", "advertise-client-urls", "listen-peer-urls", "initial-advertise-peer-urls",
        "initial-cluster", "initial-cluster-token", "initial-cluster-state", "quota-backend-bytes",
        "cert-file", "key-file", "client-cert-file", "client-key-file", "trusted-ca-file", "client-cert-auth",
        "peer-cert-file", "peer-key-file", "peer-trusted-ca-file", "peer-client-cert-auth",
    };

    /// <summary>True for a setting that is read here.</summary>
    /// <param name="flag">The name of a flag, without dashes.</param>
    public static bool IsKnown(string flag) => Known.Contains(flag);

    /// <summary>The settings that an environment holds; an empty value counts as none, as in etcd.</summary>
    /// <param name="environment">Names and values.</param>
    public static Dictionary<string, string> FromEnvironment(IEnumerable<KeyValuePair<string, string>> environment)
    {
        const string Prefix = "ETCD_";
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            var flag = name[Prefix.Length..].Replace('_', '-').ToLowerInvariant();
            if (value.Length > 0) flags[flag] = value;
            else flags.Remove(flag);
        }

        return flags;
    }

    /// <summary>Makes the configuration.</summary>
    /// <param name="hostPath">Turns a path as etcd sees it into one of the host.</param>
    /// <param name="image">The image of a pod.</param>
    /// <param name="notes">What a reader should know.</param>
    /// <exception cref="ClusterHealException">A value makes no sense.</exception>
    public EtcdConfiguration Build(Func<string, string>? hostPath = null, string? image = null, IEnumerable<string>? notes = null)
    {
        string? FilePath(string flag) => values.GetValueOrDefault(flag) is { Length: > 0 } path ? hostPath?.Invoke(path) ?? path : null;

        // An empty name that is given counts. Only a variable that is empty counts as none.
        var name = values.GetValueOrDefault("name") ?? DefaultName;
        var listenClient = Urls("listen-client-urls", DefaultClientUrl);
        var advertiseClient = Urls("advertise-client-urls", DefaultClientUrl);
        var advertisePeer = Urls("initial-advertise-peer-urls", DefaultPeerUrl);
        // etcd demands certificates as soon as it has a client CA, whatever the flag says.
        var clientCertAuth = Flag("client-cert-auth") || values.GetValueOrDefault("trusted-ca-file") is { Length: > 0 };
        string? serverCert = FilePath("cert-file"), serverKey = FilePath("key-file");
        return new EtcdConfiguration
        {
            Path = source,
            Form = form,
            Name = name,
            DataDirectory = FilePath("data-dir") ?? hostPath?.Invoke($"{name}.etcd") ?? $"{name}.etcd",
            WalDirectory = FilePath("wal-dir"),
            ListenClientUrls = listenClient,
            AdvertiseClientUrls = advertiseClient,
            ListenPeerUrls = Urls("listen-peer-urls", DefaultPeerUrl),
            InitialAdvertisePeerUrls = advertisePeer,
            InitialCluster = Text("initial-cluster", string.Join(',', advertisePeer.Select(url => $"{(name.Length > 0 ? name : DefaultName)}={url}"))),
            InitialClusterToken = Text("initial-cluster-token", "etcd-cluster"),
            InitialClusterState = ClusterState(),
            ServerCertFile = serverCert,
            ServerKeyFile = serverKey,
            TrustedCaFile = FilePath("trusted-ca-file"),
            ClientCertAuth = clientCertAuth,
            PeerCertFile = FilePath("peer-cert-file"),
            PeerKeyFile = FilePath("peer-key-file"),
            PeerTrustedCaFile = FilePath("peer-trusted-ca-file"),
            PeerClientCertAuth = Flag("peer-client-cert-auth") || values.GetValueOrDefault("peer-trusted-ca-file") is { Length: > 0 },
            QuotaBytes = Number("quota-backend-bytes"),
            Image = image,
            Endpoint = ClientEndpoints(values.ContainsKey("advertise-client-urls") ? advertiseClient : listenClient),
            CaFile = FilePath("trusted-ca-file"),
            // If clients must show a certificate, etcd's own gateway uses these: the client pair, otherwise the server's.
            CertFile = clientCertAuth ? FilePath("client-cert-file") ?? serverCert : null,
            KeyFile = clientCertAuth ? FilePath("client-key-file") ?? serverKey : null,
            Notes = [.. notes ?? [], .. OwnNotes()],
        };
    }

    /// <summary>A member that listens on all addresses names none that can be dialled. On the member's host loopback can.</summary>
    private string[] ClientEndpoints(string[] urls)
    {
        try
        {
            return [.. EtcdEndpoint.ParseMany(urls).Select(e => e.IsWildcard ? e.WithLoopback().ToString() : e.ToString()).Distinct()];
        }
        catch (ClusterHealException e) when (e.ErrorId == ErrorIds.EtcdEndpointInvalid)
        {
            throw ConfigurationFault.At(source, null, $"names a client URL that is none. {e.Message.TrimEnd('.')}", e.Remedy, e);
        }
    }

    private string Text(string flag, string otherwise) => values.GetValueOrDefault(flag) is { Length: > 0 } value ? value : otherwise;

    private string[] Urls(string flag, string otherwise) =>
    [
        .. Text(flag, otherwise).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(url =>
            url.Contains("://", StringComparison.Ordinal) ? url : throw ConfigurationFault.At(source, null, $"has '{url}' for {flag}, which is no URL", "Write http:// or https:// in front of it.")),
    ];

    private string ClusterState()
    {
        var state = Text("initial-cluster-state", "new");
        return state is "new" or "existing"
            ? state
            : throw ConfigurationFault.At(source, null, $"has '{state}' for initial-cluster-state, which is neither new nor existing", "Correct it.");
    }

    private IEnumerable<string> OwnNotes()
    {
        if (values.GetValueOrDefault("listen-client-urls") is { Length: > 0 } && values.GetValueOrDefault("advertise-client-urls") is not { Length: > 0 })
            yield return "advertise-client-urls is not set and listen-client-urls is: etcd refuses to start so.";
    }

    private bool Flag(string flag) => values.GetValueOrDefault(flag) switch
    {
        null or "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        var value => throw ConfigurationFault.At(source, null, $"has '{value}' for {flag}, which is neither true nor false", "Correct it."),
    };

    private long? Number(string flag)
    {
        if (values.GetValueOrDefault(flag) is not { Length: > 0 } value) return null;
        if (GoInteger.Parse(value) is not { } number)
        {
            throw ConfigurationFault.At(source, null, $"has '{value}' for {flag}, which is not a number of bytes", "Correct it.");
        }

        return number == 0 ? null : number;
    }
}
