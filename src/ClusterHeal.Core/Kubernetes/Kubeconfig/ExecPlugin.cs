using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Asks a program for credentials, as client-go does (client.authentication.k8s.io v1 and v1beta1), and keeps them until they expire or the server
/// refuses them. The program never gets a terminal: a cmdlet has none to give.
/// </summary>
internal sealed class ExecPlugin(ExecPluginSettings settings, KubeconfigCluster cluster, string kubeconfig, TimeProvider time)
    : CredentialSource, IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private const string V1Beta1 = "client.authentication.k8s.io/v1beta1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1, 1);
    private Credential? _last;

    /// <summary>Why a program cannot be asked, such as <c>has no command</c>, or null. kubectl checks the same.</summary>
    /// <param name="settings">The entry.</param>
    public static string? FaultOf(ExecPluginSettings settings) => settings switch
    {
        { Command.Length: 0 } => "has no command",
        { ApiVersion: not (V1 or V1Beta1) } => $"has the apiVersion '{settings.ApiVersion}', not {V1} or {V1Beta1}",
        _ when settings.Environment.Any(variable => variable.Key.Length == 0) => "has a variable without a name",
        { InteractiveMode: null, ApiVersion: V1 } => "has no interactiveMode, which this apiVersion demands",
        { InteractiveMode: not (null or "Never" or "IfAvailable" or "Always") } => $"has the interactiveMode '{settings.InteractiveMode}', which is none",
        _ => null,
    };

    public override async ValueTask<Credential> GetAsync(bool renew, CancellationToken cancellationToken)
    {
        var refused = renew ? _last : null;
        if (Current(refused) is { } fresh) return fresh;
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another caller may have asked while we waited.
            return Current(refused) ?? (_last = Read(await RunAsync(cancellationToken).ConfigureAwait(false)));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private Credential? Current(Credential? refused) =>
        _last is { } last && !ReferenceEquals(last, refused) && (last.Expires is null || time.GetUtcNow() < last.Expires) ? last : null;

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo() };
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw Failed($"could not be started: {e.Message}", e);
        }

        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            var said = await errors.ConfigureAwait(false);
            if (process.ExitCode != 0) throw Failed($"ended with exit code {process.ExitCode}: {Shorten(said)}");
            return await output.ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            if (cancellationToken.IsCancellationRequested) throw;
            throw Failed($"gave no credentials within {Patience.TotalSeconds:0} s", e);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        if (settings.InteractiveMode == "Always") throw Failed("demands a terminal (interactiveMode: Always), which a cmdlet cannot give it");
        if (ProgramPath.Find(settings.Command) is not { } program)
        {
            throw Failed(Path.IsPathFullyQualified(settings.Command) ? "is not there, or is no program" : "is not on the PATH of this machine");
        }

        var start = ProgramStart.Piped(program, settings.Arguments);
        foreach (var (name, value) in settings.Environment) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(Question(), KubernetesJson.Default.ExecCredential);
        return start;
    }

    private ExecCredential Question() => new()
    {
        ApiVersion = settings.ApiVersion,
        Kind = "ExecCredential",
        Spec = new ExecCredentialSpec(settings.ProvideClusterInfo ? ClusterInfo() : null, Interactive: false),
    };

    private ExecClusterInfo ClusterInfo() => new()
    {
        Server = cluster.Server,
        TlsServerName = cluster.TlsServerName,
        InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify ? true : null,
        CertificateAuthorityData = KubeconfigPem.Read(cluster.File, "certificate-authority", cluster.CertificateAuthority, cluster.CertificateAuthorityData)
            is { } pem ? Convert.ToBase64String(Encoding.UTF8.GetBytes(pem.Text)) : null,
        ProxyUrl = cluster.ProxyUrl,
        DisableCompression = cluster.DisableCompression ? true : null,
        Config = cluster.ExecConfig?.DeepClone(),
    };

    private Credential Read(string output)
    {
        ExecCredential? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, KubernetesJson.Default.ExecCredential);
        }
        catch (JsonException e)
        {
            // The text itself may contain a token, and the JSON reader's message may quote it.
            throw Failed($"printed no ExecCredential in JSON (line {e.LineNumber + 1})");
        }

        if (answer?.Kind != "ExecCredential") throw Failed("printed JSON of another kind than ExecCredential");
        if (answer.ApiVersion != settings.ApiVersion)
            throw Failed($"answered in '{answer.ApiVersion}', while the kubeconfig says '{settings.ApiVersion}'");
        if (answer.Status is not { } status) throw Failed("printed an ExecCredential without a status");
        var (hasToken, hasCertificate, hasKey) = (status.Token is { Length: > 0 }, status.ClientCertificateData is { Length: > 0 }, status.ClientKeyData is { Length: > 0 });
        if (!hasToken && !hasCertificate && !hasKey) throw Failed(status.Token is null ? "gave neither a token nor a certificate" : "gave an empty token");
        if (hasCertificate != hasKey) throw Failed("gave a certificate without its key, or a key without its certificate");
        string? fault = null;
        var header = hasToken ? KubeconfigCredentials.Bearer(status.Token!, out fault) : null;
        if (fault is not null) throw Failed($"gave a token that cannot be sent: it {fault}");
        return new Credential(
            header,
            Pem("certificate", status.ClientCertificateData),
            Pem("key", status.ClientKeyData),
            status.ExpirationTimestamp);
    }

    private PemText? Pem(string what, string? text) => string.IsNullOrEmpty(text) ? null : new PemText($"the {what} that '{settings.Command}' gave", text);

    private static string Shorten(string text)
    {
        var line = new StringBuilder(text.Trim()).Replace("\r", "").Replace('\n', ' ').ToString();
        return line.Length <= 300 ? line : line[..300] + "…";
    }

    private ClusterHealException Failed(string what, Exception? cause = null) => new(
        ErrorIds.CredentialPluginFailed,
        FaultCategory.Authentication,
        $"The credential program '{settings.Command}' of '{kubeconfig}' {what}.",
        settings.Command,
        settings.InstallHint?.Trim() ?? "Run it by itself to see what it says, or log in to your provider again.",
        cause);
}
