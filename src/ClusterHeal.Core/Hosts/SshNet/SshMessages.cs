using System.Text;
using Renci.SshNet.Messages.Connection;

namespace ClusterHeal.Hosts;

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
