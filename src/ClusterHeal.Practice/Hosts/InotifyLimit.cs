using System.Globalization;

namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// How many inotify instances a user may have. A host's systemd and its services take ten and more, all hosts are one user for the kernel,
/// and its usual 128 are gone with the twelfth host: that one stops in the middle of its boot and says nothing.
/// </summary>
internal static class InotifyLimit
{
    private const string Setting = "/proc/sys/fs/inotify/max_user_instances";
    private const int Enough = 2048;

    /// <summary>Raises the limit until this machine restarts. If that is not allowed, it stays, and fewer hosts can run at once.</summary>
    public static void Raise()
    {
        try
        {
            if (int.Parse(File.ReadAllText(Setting), CultureInfo.InvariantCulture) < Enough) File.WriteAllText(Setting, $"{Enough}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A container may see the setting and not have it.
        }
    }
}
