using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Internal;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Connect-Cluster: makes kubeconfig, etcd and hosts the default connection of the runspace.</summary>
[Cmdlet(VerbsCommunications.Connect, "Cluster")]
[OutputType(typeof(ClusterConnection))]
public sealed class ConnectClusterCommand : LoginCmdlet
{
    private ClusterSession _session = null!;
    private ClusterConnection _wanted = null!;

    /// <summary>The context of the kubeconfig.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The kubeconfig files.</summary>
    [Parameter]
    public string[] Kubeconfig { get; set; } = [];

    /// <summary>The name of the cluster in prompts.</summary>
    [Parameter]
    public string ClusterName { get; set; } = "";

    /// <summary>etcd's endpoints.</summary>
    [Parameter, NameList]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <summary>The authority of etcd's certificates.</summary>
    [Parameter, FilePath]
    public string? CaFile { get; set; }

    /// <summary>The client certificate for etcd.</summary>
    [Parameter, FilePath]
    public string? CertFile { get; set; }

    /// <summary>Its key.</summary>
    [Parameter, FilePath]
    public string? KeyFile { get; set; }

    /// <summary>The control-plane hosts.</summary>
    [Parameter, NameList]
    [Alias("ComputerName")]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <summary>The name of a saved connection.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SavedConnectionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The name with which the connection is saved.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SavedConnectionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Save { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _session = ClusterSession.Current;
        var saved = Name is null ? null : Load(Name);
        var known = saved?.ToConnection() ?? new ClusterConnection { ClusterName = "" };
        var user = LoginUser.Of(UserName, SshCredential, this) ?? known.UserName;
        var (login, sudo, passphrase) = (SshCredential?.Password, SudoCredential?.Password, KeyPassphrase);
        if (saved is not null && user == known.UserName && KeyFilePath is null)
        {
            if (saved.NeedsLoginPassword) login ??= new SavedSecret(this, saved.ClusterName, Name!).Ask("login", user);
            if (saved.NeedsKeyPassphrase) passphrase ??= new SavedSecret(this, saved.ClusterName, Name!).Ask("key", known.KeyFilePath);
        }

        if (saved?.NeedsSudoPassword == true) sudo ??= new SavedSecret(this, saved.ClusterName, Name!).Ask("sudo", user);
        ItemCollection<string> hosts = HostName.Length > 0 ? HostName : known.HostName;
        _wanted = known with
        {
            ClusterName = ClusterName.Length > 0 ? ClusterName : known.ClusterName,
            Kubeconfig = Kubeconfig.Length > 0 ? [.. Kubeconfig.Select(p => SessionPaths.Full(SessionState, p))] : known.Kubeconfig,
            Context = Context ?? known.Context,
            Endpoint = Endpoint.Length > 0 ? Endpoint : known.Endpoint,
            CaFile = CaFile ?? known.CaFile,
            CertFile = CertFile ?? known.CertFile,
            KeyFile = KeyFile ?? known.KeyFile,
            HostName = hosts,
            UserName = user,
            KeyFilePath = KeyFilePath ?? (SshCredential is null ? known.KeyFilePath : null),
            Port = Port ?? known.Port,
            SshOption = SshOption.Count > 0 ? SshOptions : known.SshOption,
            SshConfigFile = SshConfigFile ?? known.SshConfigFile,
            SshTransport = SshTransport ?? known.SshTransport,
            KeyPassphrase = passphrase,
            LoginPassword = login is null ? null : new HostSecret(login, hosts),
            Sudo = MyInvocation.BoundParameters.ContainsKey(nameof(Sudo)) ? Sudo || sudo is not null : known.Sudo || sudo is not null,
            SudoPassword = sudo is null ? null : new HostSecret(sudo, hosts),
        };
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var connection = await ClusterConnector.ConnectAsync(
            _wanted, Shells, stop => ClusterReach.AnythingAnswersAsync(_wanted, Shells, stop), cancellationToken).ConfigureAwait(false);
        if (connection is { Server: { } server, ServerVersion: null })
        {
            var way = connection.ThroughHost is { } host ? $" through {host}" : "";
            sink.Warning($"The API server at {server} does not answer{way}; etcd and the hosts are connected anyway.");
        }

        foreach (var (host, fault) in await ClusterReach.SilentHostsAsync(connection, Shells, cancellationToken).ConfigureAwait(false))
            sink.Warning($"{host} cannot be logged in to now: {fault.Message}");
        if (Save is not null) SavedConnections.OfUser.Save(Save, connection);
        _session.Connection = connection;
        sink.Emit(connection);
    }

    private SavedConnection Load(string name)
    {
        try
        {
            return SavedConnections.OfUser.Load(name);
        }
        catch (ClusterHealException fault)
        {
            ThrowTerminatingError(ErrorRecords.From(fault));
            throw;
        }
    }
}
