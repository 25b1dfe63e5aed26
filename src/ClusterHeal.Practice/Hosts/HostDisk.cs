using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// The files of a practice host, before it boots, while it runs and while it is off. All paths are the host's own: absolute, and not
/// below /run, /tmp, /proc, /sys or /dev, which exist only while it runs.
/// </summary>
public sealed class HostDisk
{
    private readonly string _root;

    internal HostDisk(string root) => _root = root;

    /// <summary>Where this machine sees a path of the host.</summary>
    public string PathOf(string path) => Path.Combine(_root, path.TrimStart('/'));

    /// <summary>Writes a text file that everybody may read, and the folders above it.</summary>
    public void Write(string path, string text) => Write(path, text, UnixFile.Readable);

    /// <summary>Writes a text file for root alone, as keys have to be.</summary>
    public void WritePrivate(string path, string text) => Write(path, text, UnixFile.Private);

    /// <summary>Writes a program or script that everybody may run.</summary>
    public void WriteExecutable(string path, string text) => Write(path, text, UnixFile.Executable);

    /// <summary>Copies a file of this machine, with its mode.</summary>
    public void Copy(string source, string path)
    {
        var target = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
    }

    /// <summary>Makes a folder that only root may enter.</summary>
    public void MakePrivateFolder(string path) => UnixFile.MakeFolder(PathOf(path), UnixFile.PrivateFolder);

    /// <summary>Writes a systemd unit and enables it for the next boot.</summary>
    /// <param name="name">Its name with suffix, such as <c>etcd.service</c>.</param>
    /// <param name="text">Its contents.</param>
    public void EnableUnit(string name, string text)
    {
        Write($"/etc/systemd/system/{name}", text);
        var link = PathOf($"/etc/systemd/system/multi-user.target.wants/{name}");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        if (!File.Exists(link)) File.CreateSymbolicLink(link, $"../{name}");
    }

    private void Write(string path, string text, UnixFileMode mode)
    {
        var target = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        UnixFile.Write(target, text, mode);
    }
}
