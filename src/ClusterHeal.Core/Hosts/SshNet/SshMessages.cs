using System.Text;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

/// <summary>Messages that the library knows and gives no way to make.</summary>
internal static class SshMessages
{
    /// <summary>
    /// A global request (RFC 4254 §4) that every server answers, since it wants a reply: the one by which ssh finds out whether a server is there.
    /// </summary>
    public static GlobalRequestMessage AreYouThere()
    {
        // The name, with its length in front, and "want reply". Reading them is the one public way to fill this message.
        var message = new GlobalRequestMessage();
        message.Load([0, 0, 0, 21, .. "keepalive@openssh.com"u8, 1]);
        return message;
    }
}

/// <summary>Asks for a channel in which a command runs (RFC 4254 §6.1).</summary>
internal sealed class SessionChannel : ChannelOpenInfo
{
    /// <inheritdoc/>
    public override string ChannelType => "session";
}

/// <summary>Asks the host to open a TCP connection (RFC 4254 §7.2).</summary>
internal sealed class TcpChannel(string host, int port) : ChannelOpenInfo
{
    /// <inheritdoc/>
    public override string ChannelType => "direct-tcpip";

    /// <inheritdoc/>
    protected override void SaveData()
    {
        base.SaveData();
        WriteBinaryString(Encoding.ASCII.GetBytes(host));
        Write((uint)port);
        // Where the connection comes from on this machine. It comes from no port, so there is nothing to tell.
        WriteBinaryString("127.0.0.1"u8.ToArray());
        Write(0u);
    }
}

/// <summary>Runs a command in the user's login shell (RFC 4254 §6.5).</summary>
internal sealed class ExecRequest : RequestInfo
{
    private readonly string _command;

    /// <summary>Makes the request; the host answers whether it does it.</summary>
    public ExecRequest(string command) => (_command, WantReply) = (command, true);

    /// <inheritdoc/>
    public override string RequestName => "exec";

    /// <inheritdoc/>
    protected override void SaveData()
    {
        base.SaveData();
        WriteBinaryString(Encoding.UTF8.GetBytes(_command));
    }
}
