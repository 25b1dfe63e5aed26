using System.Globalization;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Etcd.Configuration;

/// <summary>systemd itself reads units in its test mode, which starts nothing, and prints what it made of them; we make the same.</summary>
public sealed class SystemdDifferenceTests : IDisposable
{
    private const string Systemd = "/usr/lib/systemd/systemd";
    private const string Refused = "refused";

    private static readonly string[] Services =
    [
        "ExecStart=/bin/true a  b\tc",
        "ExecStart=/bin/true 'a b' \"c d\" e'f g'h \"\" ''",
        "ExecStart=/bin/true a\\tb \\x41\\101\\u00e9 \\\\ \\\" \\' \\s|",
        "ExecStart=/bin/true 'a\\tb' \"a\\tb\" \\q \"\\q\" '\\q'",
        "ExecStart=/bin/true %% %n %N %p %P %i| %I| %j %J",
        "ExecStart=/bin/true %H %l %m %b %v",
        "ExecStart=/bin/true %u %U %g %G %t %S %C %L %E %T %V %h",
        "ExecStart=/bin/true %f %y %Y %d",
        "ExecStart=/bin/true %o %w %B| %W| %M| %A|",
        "ExecStart=/bin/true '%p x' \"%p\" %p%p a%%b %- %",
        "ExecStart=/bin/true %x",
        "ExecStart=/bin/true $A ${A} $$A a$A 'x $A' ${A}b",
        "ExecStart=-/bin/true a",
        "ExecStart=@/bin/true zero one",
        "ExecStart=:/bin/true $A",
        "ExecStart=+/bin/true a",
        "ExecStart=-!/bin/true a",
        "ExecStart=/bin/true a\\\n  b \\\n# a comment\n; another\n  c",
        "ExecStart=/bin/true a \\\n\n  b",
        "ExecStart=/bin/true a\\\\\nExecStartPre=/bin/false x",
        "ExecStart=/bin/true a\n  # indented comment\n ExecReload=/bin/true r",
        "Type=oneshot\nExecStart=/bin/true a ; /bin/true b",
        "ExecStart=/bin/true a \\; b",
        "ExecStart=/bin/true a\nExecStart=\nExecStart=/bin/true b",
        "ExecStart = /bin/true a",
        "ExecStart=/bin/true --x=\"a b\"c --y='d'\"e\"",
        "ExecStart=/bin/true unicode-é-ü",
        "ExecStart=/bin/sh -c \"exec /bin/true --name=\\\"${A}\\\"\"",
        "Environment=A=1 B=2 \"C=3 4\" 'D=5 6' E=\"7 8\"\nExecStart=/bin/true",
        "Environment=A=%p-%H B=%%\nExecStart=/bin/true",
        "Environment=A=1\nEnvironment=A=2\nExecStart=/bin/true",
        "Environment=A=1\nEnvironment=\nEnvironment=B=2\nExecStart=/bin/true",
        "Environment=A=$HOME B=a\\tb C=\\x41\nExecStart=/bin/true",
        "Environment=A=a=b B= C\nExecStart=/bin/true",
        "Environment=\"A=x\\\"y\" B='x\"y'\nExecStart=/bin/true",
        "Environment=A=1 \\\n  B=2\nExecStart=/bin/true",
        "EnvironmentFile=/etc/default/%p\nEnvironmentFile=-/etc/%N/*.conf\nExecStart=/bin/true",
        "EnvironmentFile=/a\nEnvironmentFile=\nEnvironmentFile=-/b c\nExecStart=/bin/true",
        "WorkingDirectory=/var/lib/%p\nExecStart=/bin/true",
        "WorkingDirectory=-/var/lib\nExecStart=/bin/true",
        "WorkingDirectory=/a\nWorkingDirectory=\nExecStart=/bin/true",
        "RootDirectory=/srv/%N\nExecStart=/bin/true",
        "ExecStart=/bin/true [a] {b} *? <c> | & (d)",
        "[Unit]\nExecStart=/bin/false\n[Service]\nExecStart=/bin/true",
        " [Service]\nExecStart=/bin/true in-an-indented-section",
    ];

    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Systemd_reads_units_as_we_do()
    {
        Assert.SkipUnless(File.Exists(Systemd) && Environment.UserName == "root", "systemd is not on this machine, or its test mode cannot be run as another user.");
        var units = Write();
        var theirs = Dump(await RunAsync());
        var machine = MachineFacts.OfThisMachine();
        var differences = new List<string>();
        foreach (var (name, path, text) in units)
        {
            var their = theirs.GetValueOrDefault(name) is { Length: > 0 } dump && dump.Contains("ExecStart:", StringComparison.Ordinal) ? Shown(dump) : Refused;
            var our = Read(name, path, text, machine);
            if (their != our) differences.Add($"{name}: {text}\n  systemd: {their}\n  we:      {our}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {units.Count} differ:\n{string.Join('\n', differences)}");
    }

    private static string Read(string name, string path, string text, MachineFacts machine)
    {
        try
        {
            var unit = UnitFile.Parse(text, new SystemdSpecifiers(path, name, machine));
            return Shown(unit.Command.Skip(1), unit.Environment.Select(v => $"{v.Key}={v.Value}"), unit.EnvironmentFiles, unit.WorkingDirectory, unit.RootDirectory);
        }
        catch (ClusterHealException)
        {
            return Refused;
        }
    }

    private static string Shown(IEnumerable<string> command, IEnumerable<string> environment, IEnumerable<string> files, string folder, string root) =>
        string.Join(" | ", string.Join(" • ", command), string.Join(" • ", environment.Order(StringComparer.Ordinal)), string.Join(" • ", files), folder, root);

    /// <summary>The part of each unit in what systemd printed.</summary>
    private static Dictionary<string, string> Dump(string text)
    {
        var units = new Dictionary<string, string>();
        foreach (var part in text.Split("-> Unit ").Skip(1))
        {
            var name = part[..part.IndexOf(':', StringComparison.Ordinal)];
            units[name] = part;
        }

        return units;
    }

    private static string Shown(string dump)
    {
        var lines = dump.Split('\n').Select(line => line.Trim()).ToList();
        IEnumerable<string> All(string key) => lines.Where(line => line.StartsWith(key + ": ", StringComparison.Ordinal)).Select(line => line[(key.Length + 2)..]);
        // Of several commands the last is printed last; systemd quotes what it prints for a shell.
        var at = lines.FindIndex(line => line == "-> ExecStart:");
        var command = lines.Skip(at + 1).TakeWhile(line => line.StartsWith("Command Line: ", StringComparison.Ordinal)).First()["Command Line: ".Length..];
        string[] words = [.. SystemdWords.Split(command).Select(word => word.Replace("\\$", "$", StringComparison.Ordinal).Replace("\\`", "`", StringComparison.Ordinal))];
        return Shown(words.Skip(1), All("Environment"), All("EnvironmentFile"), All("WorkingDirectory").First(), All("RootDirectory").First());
    }

    private List<(string Name, string Path, string Text)> Write()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        var units = new List<(string, string, string)>();
        for (var i = 0; i < Services.Length; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            var text = $"[Unit]\nDefaultDependencies=no\n{(Services[i].TrimStart().StartsWith('[') ? "" : "[Service]\n")}{Services[i]}\n";
            foreach (var (file, name) in new[] { ($"etcd{number}.service", $"etcd{number}.service"), ($"a-b{number}@.service", $"a-b{number}@x\\x2dy-z.service") })
            {
                File.WriteAllText(_folder.File(file), text);
                units.Add((name, _folder.File(file), text));
            }
        }

        var all = string.Join('\n', units.Select(unit => $"Wants={unit.Item1}"));
        File.WriteAllText(_folder.File("all.target"), $"[Unit]\nDefaultDependencies=no\n{all}\n");
        return units;
    }

    private async Task<string> RunAsync()
    {
        var environment = new Dictionary<string, string?> { ["SYSTEMD_UNIT_PATH"] = _folder.Path, ["SYSTEMD_LOG_TARGET"] = "console", ["SYSTEMD_LOG_LEVEL"] = "err", ["HOME"] = "/root", ["LC_ALL"] = "C.UTF-8" };
        string[] arguments = ["--reuid", "65534", "--regid", "65534", "--clear-groups", Systemd, "--test", "--system", "--unit=all.target", "--no-pager"];
        var result = await Tool.RunAsync("setpriv", arguments, Stop, environment, "/");
        Assert.True(result.Output.Contains("-> Unit ", StringComparison.Ordinal), result.Error);
        return result.Output;
    }
}
