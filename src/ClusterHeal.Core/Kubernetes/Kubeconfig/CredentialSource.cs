using System.Net.Http.Headers;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>The credential of a request.</summary>
internal sealed record Credential(AuthenticationHeaderValue? Authorization, PemText? Certificate, PemText? Key, DateTimeOffset? Expires)
{
    /// <summary>No credential: the server takes the request as anonymous.</summary>
    public static Credential None { get; } = new(null, null, null, null);

    /// <summary>Shows no member: they are secrets.</summary>
    public override string ToString() => nameof(Credential);
}

/// <summary>Where the credentials come from: a fixed text, a file that is renewed, or a program.</summary>
internal abstract class CredentialSource
{
    /// <summary>The credential that is valid now.</summary>
    /// <param name="renew">True after the server has refused the last one: return another one if there is one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public abstract ValueTask<Credential> GetAsync(bool renew, CancellationToken cancellationToken);

    /// <summary>True if a new call can bring another credential.</summary>
    public virtual bool CanRenew => true;
}

/// <summary>A credential in the kubeconfig itself.</summary>
internal sealed class FixedCredential(Credential credential) : CredentialSource
{
    public override bool CanRenew => false;

    public override ValueTask<Credential> GetAsync(bool renew, CancellationToken cancellationToken) => ValueTask.FromResult(credential);
}

/// <summary>A token in a file that another program renews. It is read again every minute, as client-go does, and after a refusal.</summary>
internal sealed class TokenFileCredential(string path, Credential fallback, TimeProvider time) : CredentialSource
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private Credential? _last;
    private long _readAt;

    public override async ValueTask<Credential> GetAsync(bool renew, CancellationToken cancellationToken)
    {
        if (_last is { } last && !renew && time.GetElapsedTime(_readAt) < Period) return last;
        try
        {
            var token = (await TextFile.ReadAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            var header = KubeconfigCredentials.Bearer(token, out var fault) ?? throw new InvalidDataException($"the token in it {fault}.");
            _readAt = time.GetTimestamp();
            return _last = fallback with { Authorization = header };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // The kubelet replaces the file by a rename, and the last token may be valid for an hour yet.
            if ((_last ?? (fallback.Authorization is null ? null : fallback)) is { } old) return old;
            throw new ClusterHealException(
                e switch
                {
                    FileNotFoundException or DirectoryNotFoundException => ErrorIds.PathNotFound,
                    UnauthorizedAccessException => ErrorIds.PathAccessDenied,
                    InvalidDataException => ErrorIds.KubeconfigInvalid,
                    _ => ErrorIds.PathInputOutput,
                },
                FaultCategory.Authentication,
                $"The token file '{path}' cannot be used: {e.Message}",
                path,
                "Fix 'tokenFile' of the kubeconfig's user.",
                e);
        }
    }
}
