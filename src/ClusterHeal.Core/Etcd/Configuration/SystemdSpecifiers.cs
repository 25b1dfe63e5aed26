using System.Globalization;
using System.Text;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>Replaces the specifiers, a percent sign and a letter, in units of the system manager (systemd.unit(5), "Specifiers").</summary>
internal sealed class SystemdSpecifiers
{
    private readonly Dictionary<char, string?> _values;
    private readonly string _unitFile;

    /// <summary>Those of a unit.</summary>
    /// <param name="unitFile">The path of its file.</param>
    /// <param name="unitName">Its name, instance included.</param>
    /// <param name="machine">Where it runs.</param>
    public SystemdSpecifiers(string unitFile, string unitName, MachineFacts machine)
    {
        _unitFile = unitFile;
        var bare = unitName.LastIndexOf('.') is > 0 and var dot ? unitName[..dot] : unitName;
        var at = bare.IndexOf('@', StringComparison.Ordinal);
        var (prefix, instance) = at < 0 ? (bare, "") : (bare[..at], bare[(at + 1)..]);
        var last = prefix[(prefix.LastIndexOf('-') + 1)..];
        // Specifiers without an entry are known only at run time, or unknown to systemd. Both are refused if a unit uses them.
        _values = new Dictionary<char, string?>
        {
            ['%'] = "%", ['n'] = unitName, ['N'] = bare, ['p'] = prefix, ['P'] = Unescape(prefix), ['i'] = instance, ['I'] = Unescape(instance),
            ['j'] = last, ['J'] = Unescape(last), ['f'] = "/" + Unescape(at < 0 || instance.Length == 0 ? prefix : instance),
            ['y'] = unitFile, ['Y'] = unitFile[..Math.Max(0, unitFile.LastIndexOf('/'))],
            // The system manager runs as root.
            ['u'] = "root", ['U'] = "0", ['g'] = "root", ['G'] = "0", ['h'] = "/root",
            ['t'] = "/run", ['S'] = "/var/lib", ['C'] = "/var/cache", ['L'] = "/var/log", ['E'] = "/etc", ['D'] = "/usr/share", ['T'] = "/tmp", ['V'] = "/var/tmp",
            ['d'] = $"/run/credentials/{unitName}",
            ['H'] = machine.HostName, ['l'] = machine.HostName.Split('.')[0], ['m'] = machine.MachineId, ['b'] = machine.BootId, ['v'] = machine.KernelRelease,
            ['o'] = Os("ID"), ['w'] = Os("VERSION_ID"), ['B'] = Os("BUILD_ID"), ['W'] = Os("VARIANT_ID"), ['M'] = Os("IMAGE_ID"), ['A'] = Os("IMAGE_VERSION"),
        };

        string Os(string name) => machine.OsRelease.GetValueOrDefault(name, "");
    }

    /// <summary>The text with all specifiers put in.</summary>
    /// <exception cref="ClusterHealException">It uses a specifier whose value is not known here.</exception>
    public string Expand(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (text[i] != '%' || (next != '%' && !char.IsAsciiLetterOrDigit(next)))
            {
                result.Append(text[i]);
                continue;
            }

            result.Append(_values.GetValueOrDefault(next) ?? throw ConfigurationFault.At(
                _unitFile, null, $"uses %{next} in '{text}', whose value is not known here", "Give the settings to the cmdlet that needs them: -Endpoint, -CaFile, -CertFile, -KeyFile."));
            i++;
        }

        return result.ToString();
    }

    /// <summary>Reverts the escapes in names: a hyphen is a slash, <c>\x2d</c> a hyphen.</summary>
    private static string Unescape(string name)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && i + 3 < name.Length && name[i + 1] == 'x'
                && byte.TryParse(name.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                bytes.Add(escaped);
                i += 3;
            }
            else if (name[i] == '-')
            {
                bytes.Add((byte)'/');
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(name[i].ToString()));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
