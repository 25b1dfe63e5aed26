using System.Security.Cryptography;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// Decides whether the key that a host shows is its own. The library connects to any host unless somebody objects. So this objects to every key that
/// is not in the known_hosts files.
/// </summary>
/// <param name="connection">The host, for messages.</param>
/// <param name="login">Its name and port, and the files.</param>
internal sealed class HostKeyCheck(HostConnection connection, SshNetLogin login)
{
    private readonly KnownHostsFiles _known = Read(connection, login);

    /// <summary>Why the key was refused, or null.</summary>
    public HostShellException? Fault { get; private set; }

    /// <summary>Looks at each key that the host shows, before anything secret is sent.</summary>
    public void Watch(SshClient client)
    {
        client.HostKeyReceived += (_, e) =>
        {
            e.CanTrust = false;
            Fault = Judge(e);
            e.CanTrust = Fault is null;
        };
    }

    /// <summary>
    /// Asks the host for a key of a type that is known for it, because it has several and shows one. Keys that an authority signed are not asked for:
    /// nothing here could check them.
    /// </summary>
    public void Prefer(ConnectionInfo info)
    {
        var types = _known.TypesOf(login.KnownAs, login.Port);
        var algorithms = info.HostKeyAlgorithms;
        foreach (var name in algorithms.Keys.Where(name => name.Contains("-cert-v01@", StringComparison.Ordinal)).ToArray()) algorithms.Remove(name);
        var last = algorithms.Keys.Where(name => !types.Contains(TypeOf(name))).ToArray();
        foreach (var name in last)
        {
            // To the end of the list, in their former order.
            var make = algorithms[name];
            algorithms.Remove(name);
            algorithms.Add(name, make);
        }
    }

    private static KnownHostsFiles Read(HostConnection connection, SshNetLogin login)
    {
        try
        {
            return new KnownHostsFiles(login.KnownHostsFiles);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostShellException(
                ErrorIds.SshKnownHostsUnreadable,
                FaultCategory.PermissionDenied,
                $"{connection}: nobody can tell whether its host key is known or revoked: {e.Message} Nothing was run there.",
                connection.HostName,
                "Make the file readable for this user, or remove it.",
                e);
        }
    }

    private static string TypeOf(string algorithm) => algorithm.StartsWith("rsa-sha2-", StringComparison.Ordinal) ? "ssh-rsa" : algorithm;

    private HostShellException? Judge(HostKeyEventArgs shown)
    {
        var type = KnownHostsLine.TypeOf(shown.HostKey);
        var print = "SHA256:" + Convert.ToBase64String(SHA256.HashData(shown.HostKey)).TrimEnd('=');
        var verdict = _known.Check(login.KnownAs, login.Port, shown.HostKey);
        return verdict.Trust switch
        {
            HostKeyTrust.Known => null,
            HostKeyTrust.Revoked => Refuse(
                ErrorIds.SshHostKeyRevoked,
                $"its host key ({type} {print}) is marked as revoked in {verdict.Where}",
                "Somebody else may have this key. Find out why it was revoked, and give the host a new one."),
            HostKeyTrust.Changed => Refuse(
                ErrorIds.SshHostKeyChanged,
                $"its host key ({type} {print}) is not the one in {verdict.Where}",
                "Find out why: the host was reinstalled, or somebody is in between. Then remove that line."),
            _ => Refuse(
                ErrorIds.SshHostKeyUnknown,
                $"its host key ({type} {print}) is not in known_hosts" + (verdict.HasAuthority ? "; the line @cert-authority for it is followed by OpenSSH alone" : ""),
                $"Compare the fingerprint with what the host itself says (ssh-keygen -lf /etc/ssh/ssh_host_…_key.pub). If it is the same, add the key: "
                + $"Add-Content -LiteralPath '{UserFile()}' -Value '{KnownHostsFiles.NameOf(login.KnownAs, login.Port)} {type} {Convert.ToBase64String(shown.HostKey)}'"
                + (verdict.HasAuthority ? ". Or use -SshTransport OpenSsh" : "")),
        };
    }

    // Quoted for PowerShell, in single quotes.
    private string UserFile() => login.KnownHostsFiles.Count == 0 ? "" : login.KnownHostsFiles[0].Replace("'", "''", StringComparison.Ordinal);

    private HostShellException Refuse(string id, string what, string remedy) =>
        new(id, FaultCategory.Security, $"{connection}: {what}. Nothing was run there.", connection.HostName, remedy);
}
