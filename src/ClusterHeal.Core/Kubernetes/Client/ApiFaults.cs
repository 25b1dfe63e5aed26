using System.Net.Sockets;
using System.Security.Authentication;
using k8s.Models;

namespace ClusterHeal.Kubernetes;

/// <summary>Makes every error of the API client.</summary>
internal static class ApiFaults
{
    private const int LongestMessage = 600;

    /// <summary>The server said no.</summary>
    public static KubernetesException Refused(KubernetesConnection connection, ApiRequest request, ApiRefusal refusal, DateTimeOffset now)
    {
        var (code, status) = (refusal.Code, refusal.Status);
        var retryAfter = refusal.RetryAfter?.Delta ?? (refusal.RetryAfter?.Date is { } date ? date - now : null);
        var (id, category, remedy) = Kind(code, status, request);
        var text = Shorten(status.Message is { Length: > 0 } message ? message : $"HTTP status {code}");
        var causes = status.Details?.Causes?.Select(c => new KubernetesErrorCause(c.Reason ?? "", c.Message ?? "")).ToArray() ?? [];
        var details = causes.Length == 0 ? "" : $" ({string.Join("; ", causes.Select(c => c.ToString()))})";
        return new KubernetesException(
            id, category, $"Could not {request.What} in {connection}: {text}{Shorten(details)}", request.Target ?? connection.Server.ToString(), remedy)
        {
            StatusCode = code,
            Reason = status.Reason,
            ServerMessage = status.Message,
            ObjectKind = status.Details?.Kind,
            Causes = causes,
            RetryAfter = retryAfter ?? (status.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null),
        };
    }

    /// <summary>No complete answer came before the deadline.</summary>
    public static KubernetesException NoAnswer(KubernetesConnection connection, ApiRequest request) => new(
        ErrorIds.ApiServerTimeout,
        FaultCategory.Timeout,
        $"Could not {request.What}: no answer from {connection} within {connection.RequestTimeout.TotalSeconds:0.#} s. "
            + "Whether the request took effect is not known.",
        request.Target ?? connection.Server.ToString(),
        "An API server that has lost its etcd is silent like this: look at its /livez, then at etcd (Get-EtcdMember).");

    /// <summary>There was no connection, or it broke.</summary>
    /// <param name="connection">How the server is reached.</param>
    /// <param name="request">What was tried.</param>
    /// <param name="cause">What the framework threw.</param>
    /// <param name="verdict">Why the server's certificate was refused, if that was the cause.</param>
    public static KubernetesException Broken(KubernetesConnection connection, ApiRequest request, Exception cause, ConnectionException? verdict)
    {
        var (id, category, why, remedy) = Explain(cause, verdict);
        return new KubernetesException(
            id,
            category,
            $"Could not {request.What}: {connection} {Shorten(why)}",
            request.Target ?? connection.Server.ToString(),
            remedy,
            cause);
    }

    private static (string Id, FaultCategory Category, string Why, string Remedy) Explain(Exception cause, ConnectionException? verdict)
    {
        const string LookAtServer = "See whether kube-apiserver runs, and whether the address in the kubeconfig is right.";
        if (cause.InnerException is AuthenticationException && verdict is not null)
        {
            return (verdict.ErrorId, verdict.Category, $"is not trusted. {verdict.Message}",
                "Fix certificate-authority or tls-server-name of the kubeconfig's cluster.");
        }

        for (var inner = cause.InnerException; inner is not null; inner = inner.InnerException)
        {
            // The host through which the connection goes has said why it fails.
            if (inner is HostShellException way) return (way.ErrorId, way.Category, $"cannot be reached: {way.Message}", way.Remedy ?? LookAtServer);
        }

        return (cause.InnerException as SocketException ?? cause as Exception as SocketException)?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused =>
                (ErrorIds.ConnectionRefused, FaultCategory.Connection, "refused the connection: nothing listens there.", LookAtServer),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                (ErrorIds.HostUnreachable, FaultCategory.Connection, "cannot be found: its name is not known here.", LookAtServer),
            SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
                (ErrorIds.HostUnreachable, FaultCategory.Connection, "cannot be reached: no route leads to it.", LookAtServer),
            SocketError.TimedOut => (ErrorIds.ConnectionTimeout, FaultCategory.Connection, "did not answer.", LookAtServer),
            _ when cause.InnerException is AuthenticationException tls =>
                (ErrorIds.TlsFailed, FaultCategory.Connection, $"broke the TLS handshake: {tls.Message}", "Is it http:// rather than https:// in the kubeconfig?"),
            _ => (ErrorIds.ConnectionLost, FaultCategory.Connection, $"broke the connection: {cause.Message} {cause.InnerException?.Message}", LookAtServer),
        };
    }

    /// <summary>The answer is not what the API promises.</summary>
    public static KubernetesException NotUnderstood(KubernetesConnection connection, ApiRequest request, Exception cause) => new(
        ErrorIds.KubernetesAnswerInvalid,
        FaultCategory.InvalidData,
        $"Could not {request.What}: the answer of {connection} is not the JSON of the Kubernetes API: {Shorten(cause.Message)}",
        request.Target ?? connection.Server.ToString(),
        "See whether the address is an API server's and not a login page or a proxy.",
        cause);

    /// <summary>Nothing can have such a name, so the server is not asked.</summary>
    public static KubernetesException NoName(KubernetesConnection connection, ApiRequest request, string name) => new(
        ErrorIds.KubernetesObjectNotFound,
        FaultCategory.NotFound,
        $"Could not {request.What} in {connection}: '{name}' cannot be the name of an object.",
        request.Target ?? connection.Server.ToString(),
        "Give the name as 'kubectl get -o name' shows it, without the kind.");

    private static (string Id, FaultCategory Category, string Remedy) Kind(int code, V1Status status, ApiRequest request) => code switch
    {
        401 => (ErrorIds.ApiServerUnauthorized, FaultCategory.Authentication,
            "The token or certificate is wrong or has expired: log in again, or name another context with -Context."),
        403 when status.Message?.Contains("system:anonymous", StringComparison.Ordinal) == true =>
            (ErrorIds.ApiServerUnauthorized, FaultCategory.Authentication, "The context has no credentials: name another with -Context."),
        403 => (ErrorIds.ApiServerForbidden, FaultCategory.PermissionDenied,
            $"Ask for the right to {request.What}; 'kubectl auth can-i --list' shows what you may."),
        404 => (ErrorIds.KubernetesObjectNotFound, FaultCategory.NotFound,
            "See whether the context is the right one; the object may have been removed since it was seen."),
        409 => (ErrorIds.KubernetesConflict, FaultCategory.InvalidOperation, "Someone else changed the object in between: look at it and try again."),
        410 => (ErrorIds.ResourceVersionExpired, FaultCategory.NotReady, "List again."),
        429 or 503 => (ErrorIds.ApiServerBusy, FaultCategory.NotReady, "Try again a little later."),
        504 => (ErrorIds.ApiServerTimeout, FaultCategory.Timeout, "Look at the API server's /livez, then at etcd (Get-EtcdMember)."),
        < 500 => (ErrorIds.KubernetesRequestFailed, FaultCategory.InvalidArgument,
            "The server does not take the request as it is: see whether its version is one that ClusterHeal supports."),
        _ => (ErrorIds.KubernetesRequestFailed, FaultCategory.InvalidOperation,
            "Look at the API server's /livez and at its log, then at etcd (Get-EtcdMember)."),
    };

    /// <summary>Some messages contain the whole refused object.</summary>
    private static string Shorten(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
}
