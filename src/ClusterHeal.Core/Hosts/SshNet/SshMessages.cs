using System.Text;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

/// <summary>Messages that the library knows but cannot make.</summary>
internal static class SshMessages
{
    /// <summary>
    /// A global request (RFC 4254 §4) that every server answers, because it wants a reply. ssh uses it, too, to find out whether a server is there.
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
        // The origin on this machine. The connection comes from no port here, so there is none to name.
        WriteBinaryString("127.0.0.1"u8.ToArray());
        Write(0u);
    }
}

/// <summary>Runs a command in the user's login shell (RFC 4254 §6.5).</summary>
internal sealed class ExecRequest : RequestInfo
{
    private readonly string _command;

    /// <summary>Makes the request. The host answers whether it runs the command.</summary>
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
