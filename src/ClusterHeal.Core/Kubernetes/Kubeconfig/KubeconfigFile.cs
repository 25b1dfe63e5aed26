using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Kubernetes;

/// <summary>One kubeconfig file as it was read, YAML or JSON. Relative paths in it are relative to its folder.</summary>
internal sealed class KubeconfigFile
{
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    private KubeconfigFile(string path, KubeconfigFields root)
    {
        Path = path;
        if ((root.Text("kind"), root.Text("apiVersion")) is not ((null or "Config"), (null or "v1")))
        {
            throw KubeconfigFields.Invalid(path, $"it is a '{root.Text("kind")}' of version '{root.Text("apiVersion")}', not a 'Config' of 'v1'");
        }

        CurrentContext = root.Text("current-context");
        Clusters = Entries(root, "clusters", "cluster", ReadCluster);
        Users = Entries(root, "users", "user", ReadUser);
        Contexts = Entries(root, "contexts", "context", ReadContext);
    }

    public string Path { get; }

    public string? CurrentContext { get; }

    public IReadOnlyDictionary<string, KubeconfigCluster> Clusters { get; }

    public IReadOnlyDictionary<string, KubeconfigUser> Users { get; }

    public IReadOnlyDictionary<string, KubeconfigContext> Contexts { get; }

    /// <summary>Reads a kubeconfig.</summary>
    /// <param name="path">The absolute path of the file, for its relative paths and for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ClusterHealException">It is no YAML, or not of the form that kubectl reads.</exception>
    public static KubeconfigFile Parse(string path, string text)
    {
        YamlNode? root;
        try
        {
            root = YamlText.Load(text);
        }
        catch (YamlFault e)
        {
            throw KubeconfigFields.Invalid(path, $"{e.Place}: {e.Message}", e);
        }

        // kubectl takes an empty file for an empty configuration.
        if (root is null or YamlScalar { Kind: YamlScalarKind.Null }) root = YamlMapping.Empty;
        return new KubeconfigFile(path, new KubeconfigFields(path, root as YamlMapping ?? throw KubeconfigFields.Invalid(path, "its top level is not a mapping")));
    }

    private Dictionary<string, T> Entries<T>(KubeconfigFields root, string list, string member, Func<KubeconfigFields, T> read)
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in root.Maps(list))
        {
            var name = item.Text("name") ?? "";
            var entry = read(item.Map(member) ?? new KubeconfigFields(Path, YamlMapping.Empty));
            // It is not clear which of the two was meant, and kubectl does not guess either.
            if (!entries.TryAdd(name, entry)) throw KubeconfigFields.Invalid(Path, $"two entries of '{list}' have the name '{name}'");
        }

        return entries;
    }

    private KubeconfigCluster ReadCluster(KubeconfigFields fields) => new()
    {
        Server = fields.Text("server") ?? "",
        TlsServerName = fields.Text("tls-server-name"),
        InsecureSkipTlsVerify = fields.Flag("insecure-skip-tls-verify"),
        CertificateAuthority = FilePath(fields, "certificate-authority"),
        CertificateAuthorityData = fields.Text("certificate-authority-data"),
        ProxyUrl = fields.Text("proxy-url"),
        DisableCompression = fields.Flag("disable-compression"),
        ExecConfig = fields.Maps("extensions").LastOrDefault(extension => extension.Text("name") == ExecExtension)?.Any("extension")?.ToJson(),
        File = Path,
    };

    private KubeconfigUser ReadUser(KubeconfigFields fields) => new()
    {
        ClientCertificate = FilePath(fields, "client-certificate"),
        ClientCertificateData = fields.Text("client-certificate-data"),
        ClientKey = FilePath(fields, "client-key"),
        ClientKeyData = fields.Text("client-key-data"),
        Token = fields.Text("token"),
        TokenFile = FilePath(fields, "tokenFile"),
        Username = fields.Text("username"),
        Password = fields.Text("password"),
        Impersonation = new Impersonation
        {
            User = fields.Text("as"),
            Uid = fields.Text("as-uid"),
            Groups = fields.Texts("as-groups"),
            Extra = fields.TextLists("as-user-extra"),
        },
        AuthProvider = fields.Map("auth-provider") is { } provider ? provider.Text("name") ?? "" : null,
        Exec = fields.Map("exec") is { } exec ? ReadExec(exec) : null,
        File = Path,
    };

    private ExecPluginSettings ReadExec(KubeconfigFields fields) => new()
    {
        ApiVersion = fields.Text("apiVersion") ?? "",
        Command = Command(fields.Text("command") ?? ""),
        Arguments = fields.Texts("args"),
        Environment = [.. fields.Maps("env").Select(item => KeyValuePair.Create(item.Text("name") ?? "", item.Text("value") ?? ""))],
        InstallHint = fields.Text("installHint"),
        InteractiveMode = fields.Text("interactiveMode"),
        ProvideClusterInfo = fields.Flag("provideClusterInfo"),
    };

    private static KubeconfigContext ReadContext(KubeconfigFields fields) =>
        new(fields.Text("cluster") ?? "", fields.Text("user") ?? "", fields.Text("namespace"));

    /// <summary>A name without a folder is looked up on the PATH. A relative path with a folder is relative to this file.</summary>
    private string Command(string command) =>
        command.AsSpan().IndexOfAny(System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar) < 0 ? command : Absolute(command);

    private string? FilePath(KubeconfigFields fields, string name) => fields.Text(name) is { } path ? Absolute(path) : null;

    private string Absolute(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(Path)!);
}
