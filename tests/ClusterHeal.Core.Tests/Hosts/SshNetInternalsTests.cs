using System.Reflection;
using ClusterHeal.Hosts;
using Renci.SshNet;
using Renci.SshNet.Messages;

namespace ClusterHeal.Tests.Hosts;

/// <summary>What is taken from SSH.NET beyond its public surface is there: another version of it must fail here, not at a user's.</summary>
public sealed class SshNetInternalsTests
{
    [Fact]
    public void A_client_has_a_session()
    {
        using var client = new SshClient("h", "u", "p");
        Assert.Null(SshNetInternals.SessionOf(client));
        var property = typeof(BaseClient).GetProperty("Session", BindingFlags.Instance | BindingFlags.NonPublic)!;
        Assert.True(property.PropertyType.IsAssignableFrom(typeof(Session)));
    }

    [Fact]
    public void A_session_sends_messages() =>
        // It is found, and fails for want of a session.
        Assert.Throws<NullReferenceException>(() => SshNetInternals.Send(null!, null!));

    [Fact]
    public void It_takes_a_message_and_returns_nothing()
    {
        var method = typeof(Session).GetMethod("SendMessage", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(Message)])!;
        Assert.Equal(typeof(void), method.ReturnType);
    }
}
