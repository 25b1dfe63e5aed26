using System.Reflection;
using System.Runtime.CompilerServices;
using Renci.SshNet;
using Renci.SshNet.Messages;

namespace ClusterHeal.Hosts;

/// <summary>
/// The two things of SSH.NET that are not public and without which no channel of ours could be on its connections; see
/// docs/design/0013-two-ssh-transports.md. A test holds that they are there, so that another version of the library cannot surprise a user.
/// </summary>
internal static class SshNetInternals
{
    private static readonly PropertyInfo SessionProperty =
        typeof(BaseClient).GetProperty("Session", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingMemberException(nameof(BaseClient), "Session");

    /// <summary>The connection of a connected client.</summary>
    public static Session SessionOf(BaseClient client) => (Session)SessionProperty.GetValue(client)!;

    /// <summary>Sends a message. Blocks while the network takes nothing.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendMessage")]
    public static extern void Send(Session session, Message message);
}
