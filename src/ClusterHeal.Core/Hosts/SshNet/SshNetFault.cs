using System.Net.Sockets;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace ClusterHeal.Hosts;

/// <summary>Turns what SSH.NET throws for a failed login into the same errors as OpenSSH's words (<see cref="SshFault"/>).</summary>
internal static class SshNetFault
{
    /// <summary>The error of a login that failed. Nothing was run.</summary>
    public static HostShellException OfLogin(HostConnection connection, SshNetCredentials credentials, Exception exception)
    {
        var id = exception switch
        {
            SshAuthenticationException => ErrorIds.SshAuthenticationFailed,
            SshOperationTimeoutException or TimeoutException or OperationCanceledException => ErrorIds.SshTimeout,
            SocketException socket => IdOf(socket.SocketErrorCode),
            // The host hung up without a reason: before it asked for the user, or because of too many wrong passwords.
            SshConnectionException when credentials.IsPasswordSent => ErrorIds.SshAuthenticationFailed,
            SshConnectionException { DisconnectReason: DisconnectReason.KeyExchangeFailed or DisconnectReason.ProtocolError } => ErrorIds.SshFailed,
            SshConnectionException { InnerException: SocketException inner } => IdOf(inner.SocketErrorCode),
            SshConnectionException => ErrorIds.SshBusy,
            _ => ErrorIds.SshFailed,
        };
        var said = credentials.Unanswered is { } question ? $"{exception.Message} It asked for '{question}'." : exception.Message;
        return SshFault.OfLogin(id, connection, said, exception);
    }

    private static string IdOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ErrorIds.SshRefused,
        SocketError.TimedOut => ErrorIds.SshTimeout,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => ErrorIds.SshBusy,
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery or SocketError.HostUnreachable
            or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => ErrorIds.SshUnreachable,
        _ => ErrorIds.SshFailed,
    };
}
