using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ClusterHeal.Kubernetes;

/// <summary>One kubeconfig file as it was read, YAML or JSON. Relative paths in it are relative to its folder.</summary>
internal sealed class KubeconfigFile
{
    private KubeconfigFile(string path, YamlMappingNode root)
    {
        Path = path;
        CurrentContext = Text(root, "current-context");
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
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            var root = stream.Documents.Count == 0 ? new YamlMappingNode() : stream.Documents[0].RootNode;
            // kubectl takes an empty file for an empty configuration.
            if (root is YamlScalarNode { Value: null or "" }) root = new YamlMappingNode();
            return new KubeconfigFile(path, root as YamlMappingNode ?? throw Invalid(path, "its top level is not a mapping"));
        }
        catch (YamlException e)
        {
            throw Invalid(path, $"line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
    }

    private static ClusterHealException Invalid(string path, string what, Exception? cause = null) => new(
        ErrorIds.KubeconfigInvalid,
        FaultCategory.InvalidData,
        $"'{path}' is not a kubeconfig: {what}.",
        path,
        "Name the right file with -Kubeconfig; 'kubectl config view' shows what kubectl makes of it.",
        cause);

    private Dictionary<string, T> Entries<T>(YamlMappingNode root, string list, string member, Func<YamlMappingNode, T> read)
    {
        var entries = new Dictionary<string, T>();
        foreach (var item in Sequence(root, list))
        {
            if (item is not YamlMappingNode entry || Text(entry, "name") is not { } name) throw Invalid(Path, $"an entry of '{list}' has no name");
            entries.TryAdd(name, read(Mapping(entry, member) ?? new YamlMappingNode()));
        }

        return entries;
    }

    private KubeconfigCluster ReadCluster(YamlMappingNode node) => new()
    {
        Server = Text(node, "server") ?? "",
        TlsServerName = Text(node, "tls-server-name"),
        InsecureSkipTlsVerify = Flag(node, "insecure-skip-tls-verify"),
        CertificateAuthority = FilePath(node, "certificate-authority"),
        CertificateAuthorityData = Text(node, "certificate-authority-data"),
        ProxyUrl = Text(node, "proxy-url"),
        File = Path,
    };

    private KubeconfigUser ReadUser(YamlMappingNode node) => new()
    {
        ClientCertificate = FilePath(node, "client-certificate"),
        ClientCertificateData = Text(node, "client-certificate-data"),
        ClientKey = FilePath(node, "client-key"),
        ClientKeyData = Text(node, "client-key-data"),
        Token = Text(node, "token"),
        TokenFile = FilePath(node, "tokenFile"),
        Username = Text(node, "username"),
        Password = Text(node, "password"),
        Impersonate = Text(node, "as"),
        ImpersonateGroups = Texts(node, "as-groups"),
        AuthProvider = Mapping(node, "auth-provider") is { } provider ? Text(provider, "name") ?? "" : null,
        Exec = Mapping(node, "exec") is { } exec ? ReadExec(exec) : null,
        File = Path,
    };

    private ExecPluginSettings ReadExec(YamlMappingNode node) => new()
    {
        ApiVersion = Text(node, "apiVersion") ?? "",
        Command = Command(Text(node, "command") ?? throw Invalid(Path, "an exec entry has no command")),
        Arguments = Texts(node, "args"),
        Environment =
        [
            .. from item in Sequence(node, "env").OfType<YamlMappingNode>()
               let name = Text(item, "name")
               where name is not null
               select KeyValuePair.Create(name, Text(item, "value") ?? ""),
        ],
        InstallHint = Text(node, "installHint"),
        InteractiveMode = Text(node, "interactiveMode"),
        ProvideClusterInfo = Flag(node, "provideClusterInfo"),
    };

    private KubeconfigContext ReadContext(YamlMappingNode node) =>
        new(Text(node, "cluster") ?? "", Text(node, "user") ?? "", Text(node, "namespace"));

    /// <summary>A bare name is looked up on the PATH; a relative path with a folder in it starts at this file.</summary>
    private string Command(string command) => command.AsSpan().IndexOfAny('/', '\\') < 0 ? command : Absolute(command);

    private string? FilePath(YamlMappingNode node, string key) => Text(node, key) is { } path ? Absolute(path) : null;

    private string Absolute(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(Path)!);

    private string? Text(YamlMappingNode node, string key) => Child(node, key) switch
    {
        null => null,
        YamlScalarNode { Value: null or "" or "~" or "null", Style: ScalarStyle.Plain } => null,
        YamlScalarNode { Value: "" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw Invalid(Path, $"'{key}' is not a text"),
    };

    private bool Flag(YamlMappingNode node, string key) => Text(node, key) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Invalid(Path, $"'{key}' is neither true nor false"),
    };

    private List<string> Texts(YamlMappingNode node, string key) => [.. Sequence(node, key).OfType<YamlScalarNode>().Select(s => s.Value ?? "")];

    private YamlMappingNode? Mapping(YamlMappingNode node, string key) => Child(node, key) switch
    {
        null or YamlScalarNode { Value: null or "" or "~" or "null" } => null,
        YamlMappingNode mapping => mapping,
        _ => throw Invalid(Path, $"'{key}' is not a mapping"),
    };

    private YamlSequenceNode Sequence(YamlMappingNode node, string key) => Child(node, key) switch
    {
        null or YamlScalarNode { Value: null or "" or "~" or "null" } => new YamlSequenceNode(),
        YamlSequenceNode sequence => sequence,
        _ => throw Invalid(Path, $"'{key}' is not a list"),
    };

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;
}
