using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tour.Settings;

/// <summary>What the tour's user needs to log in to practice hosts: a key, the host keys, and a configuration for <c>ssh -F</c>.</summary>
internal static class TourLogin
{
    /// <summary>Copies the files into a folder.</summary>
    public static void Lay(PracticeHosts hosts, string folder)
    {
        foreach (var file in new[] { hosts.KeyFile, hosts.KnownHostsFile, hosts.SshConfigFile })
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
