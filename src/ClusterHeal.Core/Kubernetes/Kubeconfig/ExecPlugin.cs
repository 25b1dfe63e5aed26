using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Asks a program for credentials, as client-go does (client.authentication.k8s.io v1 and v1beta1), and keeps them until they
/// expire or the server refuses them. The program never gets a terminal: a cmdlet cannot lend it one.
/// </summary>
internal sealed class ExecPlugin(ExecPluginSettings settings, KubeconfigCluster cluster, string kubeconfig, TimeProvider time)
    : CredentialSource, IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private const string V1Beta1 = "client.authentication.k8s.io/v1beta1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1, 1);
    private Credential? _last;

    public override async ValueTask<Credential> GetAsync(bool renew, CancellationToken cancellationToken)
    {
        var refused = renew ? _last : null;
        if (Current(refused) is { } fresh) return fresh;
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Someone else may have asked while we waited.
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
        Validate();
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

    private void Validate()
    {
        if (settings.ApiVersion is not (V1 or V1Beta1)) throw Failed($"speaks '{settings.ApiVersion}', not {V1} or {V1Beta1}");
        if (settings.InteractiveMode == "Always") throw Failed("demands a terminal (interactiveMode: Always), which a cmdlet cannot give it");
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(ProgramPath.Find(settings.Command), settings.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            UseShellExecute = false,
        };
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
        CertificateAuthorityData = cluster.CertificateAuthorityData
            ?? (cluster.CertificateAuthority is { } path ? Convert.ToBase64String(File.ReadAllBytes(path)) : null),
        ProxyUrl = cluster.ProxyUrl,
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
            // The text itself may hold a token, and the JSON reader's message may quote it.
            throw Failed($"printed no ExecCredential in JSON (line {e.LineNumber + 1})");
        }

        if (answer?.Kind != "ExecCredential") throw Failed("printed JSON of another kind than ExecCredential");
        if (answer.ApiVersion != settings.ApiVersion)
            throw Failed($"answered in '{answer.ApiVersion}', while the kubeconfig says '{settings.ApiVersion}'");
        if (answer.Status is not { } status) throw Failed("printed an ExecCredential without a status");
        if (status.Token is null && status.ClientCertificateData is null) throw Failed("gave neither a token nor a certificate");
        if (status.ClientCertificateData is null != status.ClientKeyData is null) throw Failed("gave a certificate without its key, or a key without its certificate");
        return new Credential(
            status.Token is null ? null : new AuthenticationHeaderValue("Bearer", status.Token),
            Pem("certificate", status.ClientCertificateData),
            Pem("key", status.ClientKeyData),
            status.ExpirationTimestamp);
    }

    private PemText? Pem(string what, string? text) => text is null ? null : new PemText($"the {what} that '{settings.Command}' gave", text);

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
