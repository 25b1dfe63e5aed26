using System.Text.Json.Serialization;

namespace ClusterHeal.Operations;

/// <summary>What a file keeps of a connection: names and paths, and which passwords it needs. It has no password, token or key.</summary>
public sealed record SavedConnection
{
    /// <summary>The schema that is written. A reader refuses others.</summary>
    public const string CurrentSchema = "clusterheal.connection/1";

    /// <summary>The schema.</summary>
    public required string Schema { get; init; }

    /// <inheritdoc cref="ClusterConnection.ClusterName"/>
    public required string ClusterName { get; init; }

    /// <inheritdoc cref="ClusterConnection.Kubeconfig"/>
    public string[] Kubeconfig { get; init; } = [];

    /// <inheritdoc cref="ClusterConnection.Context"/>
    public string? Context { get; init; }

    /// <inheritdoc cref="ClusterConnection.Endpoint"/>
    public string[] Endpoint { get; init; } = [];

    /// <inheritdoc cref="ClusterConnection.CaFile"/>
    public string? CaFile { get; init; }

    /// <inheritdoc cref="ClusterConnection.CertFile"/>
    public string? CertFile { get; init; }

    /// <inheritdoc cref="ClusterConnection.KeyFile"/>
    public string? KeyFile { get; init; }

    /// <inheritdoc cref="ClusterConnection.HostName"/>
    public string[] HostName { get; init; } = [];

    /// <inheritdoc cref="ClusterConnection.UserName"/>
    public string? UserName { get; init; }

    /// <inheritdoc cref="ClusterConnection.KeyFilePath"/>
    public string? KeyFilePath { get; init; }

    /// <inheritdoc cref="ClusterConnection.Port"/>
    public int? Port { get; init; }

    /// <inheritdoc cref="ClusterConnection.SshOption"/>
    public Dictionary<string, string> SshOption { get; init; } = [];

    /// <inheritdoc cref="ClusterConnection.SshConfigFile"/>
    public string? SshConfigFile { get; init; }

    /// <inheritdoc cref="ClusterConnection.SshTransport"/>
    public SshTransport? SshTransport { get; init; }

    /// <inheritdoc cref="ClusterConnection.Sudo"/>
    public bool Sudo { get; init; }

    /// <summary>True if the user logs in with a password.</summary>
    public bool NeedsLoginPassword { get; init; }

    /// <summary>True if sudo asks for a password.</summary>
    public bool NeedsSudoPassword { get; init; }

    /// <summary>True if the key has a passphrase.</summary>
    public bool NeedsKeyPassphrase { get; init; }

    /// <summary>The connection, without its passwords.</summary>
    public ClusterConnection ToConnection() => new()
    {
        ClusterName = ClusterName,
        Kubeconfig = Kubeconfig,
        Context = Context,
        Endpoint = Endpoint,
        CaFile = CaFile,
        CertFile = CertFile,
        KeyFile = KeyFile,
        HostName = HostName,
        UserName = UserName,
        KeyFilePath = KeyFilePath,
        Port = Port,
        SshOption = SshOption,
        SshConfigFile = SshConfigFile,
        SshTransport = SshTransport,
        Sudo = Sudo,
    };

    /// <summary>The part of a connection that is kept.</summary>
    /// <param name="connection">The connection.</param>
    internal static SavedConnection Of(ClusterConnection connection) => new()
    {
        Schema = CurrentSchema,
        ClusterName = connection.ClusterName,
        Kubeconfig = [.. connection.Kubeconfig],
        Context = connection.Context,
        Endpoint = [.. connection.Endpoint],
        CaFile = connection.CaFile,
        CertFile = connection.CertFile,
        KeyFile = connection.KeyFile,
        HostName = [.. connection.HostName],
        UserName = connection.UserName,
        KeyFilePath = connection.KeyFilePath,
        Port = connection.Port,
        SshOption = connection.SshOption.ToDictionary(),
        SshConfigFile = connection.SshConfigFile,
        SshTransport = connection.SshTransport,
        Sudo = connection.Sudo,
        NeedsLoginPassword = connection.LoginPassword is not null,
        NeedsSudoPassword = connection.SudoPassword is not null,
        NeedsKeyPassphrase = connection.KeyPassphrase is not null,
    };
}

/// <summary>Saved connections as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SavedConnection))]
internal sealed partial class SavedConnectionJson : JsonSerializerContext;
