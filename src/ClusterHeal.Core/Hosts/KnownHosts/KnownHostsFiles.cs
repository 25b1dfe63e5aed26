using System.Globalization;

namespace ClusterHeal.Hosts;

/// <summary>
/// The host keys that a user and a system know, from files in the format of sshd(8). They are read as ssh reads them: hashed names, ports, wildcards,
/// negation, revoked keys, several files.
/// </summary>
internal sealed class KnownHostsFiles
{
    private const int DefaultPort = 22;
    private readonly List<(string Where, KnownHostsLine Line)> _lines = [];

    /// <summary>Reads the files, in order. A missing file has no keys.</summary>
    /// <exception cref="IOException">One cannot be read. It may say that a key is revoked, so it is not ignored.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public KnownHostsFiles(IEnumerable<string> paths)
    {
        foreach (var path in paths.Where(File.Exists))
        {
            var number = 0;
            foreach (var text in File.ReadLines(path))
            {
                number++;
                if (KnownHostsLine.Parse(text) is { } line) _lines.Add((string.Create(CultureInfo.InvariantCulture, $"{path}:{number}"), line));
            }
        }
    }

    /// <summary>The name for which a host's keys are kept: with its port, unless that is 22.</summary>
    public static string NameOf(string host, int port)
    {
        var name = host.ToLowerInvariant();
        return port == DefaultPort ? name : string.Create(CultureInfo.InvariantCulture, $"[{name}]:{port}");
    }

    /// <summary>The lines about a host, with file and number.</summary>
    /// <param name="name">The name, from <see cref="NameOf"/>.</param>
    public IEnumerable<(string Where, KnownHostsLine Line)> About(string name) => _lines.Where(entry => entry.Line.IsAbout(name));

    /// <summary>The types of keys that are known for a host, so that it can be asked for one of these.</summary>
    public IReadOnlySet<string> TypesOf(string host, int port) =>
        Names(host, port).SelectMany(About).Where(entry => entry.Line.Marker == KnownHostsMarker.None).Select(entry => entry.Line.KeyType).ToHashSet();

    /// <summary>What is known about a key that a host showed.</summary>
    public HostKeyVerdict Check(string host, int port, byte[] key)
    {
        var verdict = CheckName(NameOf(host, port), key);
        if (verdict.Trust != HostKeyTrust.Unknown || port == DefaultPort) return verdict;
        // As in ssh: a host that is known without a port is known at another port, too, if it shows the same key.
        var plain = CheckName(NameOf(host, DefaultPort), key);
        return plain.Trust is HostKeyTrust.Known or HostKeyTrust.Revoked ? plain : verdict;
    }

    private static IEnumerable<string> Names(string host, int port) =>
        new[] { NameOf(host, port), NameOf(host, DefaultPort) }.Distinct();

    private HostKeyVerdict CheckName(string name, byte[] key)
    {
        var type = KnownHostsLine.TypeOf(key);
        var about = About(name).ToArray();
        var hasAuthority = about.Any(entry => entry.Line.Marker == KnownHostsMarker.CertificateAuthority);
        foreach (var (marker, trust) in new[] { (KnownHostsMarker.Revoked, HostKeyTrust.Revoked), (KnownHostsMarker.None, HostKeyTrust.Known) })
        {
            foreach (var (where, line) in about)
            {
                if (line.Marker == marker && line.Key.AsSpan().SequenceEqual(key)) return new HostKeyVerdict(trust, where, hasAuthority);
            }
        }

        var other = about.FirstOrDefault(entry => entry.Line.Marker == KnownHostsMarker.None && entry.Line.KeyType == type);
        return other.Line is null ? new HostKeyVerdict(HostKeyTrust.Unknown, "", hasAuthority) : new HostKeyVerdict(HostKeyTrust.Changed, other.Where, hasAuthority);
    }
}
