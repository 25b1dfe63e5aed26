using System.Reflection;
using System.Runtime.CompilerServices;
using Renci.SshNet;
using Renci.SshNet.Messages;

namespace ClusterHeal.Hosts;

/// <summary>
/// The two members of SSH.NET that are not public, and that our channels need; see docs/design/0013-two-ssh-transports.md. A test checks that they
/// are there, so that a new version of the library cannot surprise a user.
/// </summary>
internal static class SshNetInternals
{
    private static readonly PropertyInfo SessionProperty =
        typeof(BaseClient).GetProperty("Session", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingMemberException(nameof(BaseClient), "Session");

    /// <summary>The connection of a connected client.</summary>
    public static Session SessionOf(BaseClient client) => (Session)SessionProperty.GetValue(client)!;

    /// <summary>Sends a message. Blocks while the network accepts nothing.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendMessage")]
    public static extern void Send(Session session, Message message);
}
