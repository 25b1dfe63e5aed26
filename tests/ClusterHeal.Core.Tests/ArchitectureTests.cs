using System.Text.RegularExpressions;

namespace ClusterHeal.Tests;

/// <summary>Dependencies point one way: Operations → Etcd, Kubernetes, Hosts → Bolt, Wal; everything may use Model.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Bolt"] = [],
        ["Wal"] = [],
        ["Reports"] = [],
        ["Hosts"] = [],
        ["Etcd"] = ["Bolt", "Wal", "Hosts"],
        ["Kubernetes"] = ["Hosts"],
        ["Operations"] = ["Bolt", "Wal", "Reports", "Hosts", "Etcd", "Kubernetes"],
    };

    [Fact]
    public void Each_area_of_the_engine_uses_only_the_areas_below_it()
    {
        var core = Path.Combine(RepositoryRoot.Path, "src", "ClusterHeal.Core");
        var wrong =
            from file in Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
            let parts = Path.GetRelativePath(core, file).Split(Path.DirectorySeparatorChar)
            where MayUse.ContainsKey(parts[0])
            from Match use in AreaName().Matches(File.ReadAllText(file))
            let area = use.Groups[1].Value
            where MayUse.ContainsKey(area) && area != parts[0] && !MayUse[parts[0]].Contains(area)
            select $"{string.Join('/', parts)} uses {area}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_area_of_the_engine_is_known_to_this_test()
    {
        var core = Path.Combine(RepositoryRoot.Path, "src", "ClusterHeal.Core");
        var areas = Directory.EnumerateDirectories(core).Select(d => Path.GetFileName(d)!).Where(d => d is not ("bin" or "obj" or "Common"));
        Assert.Empty(areas.Except(MayUse.Keys));
    }

    [Fact]
    public void Programs_are_prepared_in_one_place_which_never_takes_one_of_the_current_folder() =>
        Assert.Empty(Uses(OwnStart(), "", "ProgramStart.cs"));

    [Fact]
    public void YAML_is_read_in_one_place_which_has_limits() => Assert.Empty(Uses(Yaml(), "", "YamlReader.cs"));

    [Fact]
    public void The_transports_to_hosts_are_known_to_the_place_that_chooses_one_and_to_themselves() =>
        Assert.Empty(Uses(Transport(), "", "SshTransportChoice.cs", "OpenSsh", "SshNet"));

    [Fact]
    public void Hosts_service_manager_is_spoken_to_in_one_place() => Assert.Empty(Uses(ServiceManager(), "ClusterHeal.Core", "Systemd.cs", "systemd.sh"));

    [Fact]
    public void The_places_and_units_of_distributions_stand_in_their_files() => Assert.Empty(Uses(OfDistributions(), "ClusterHeal.Core", "Distributions"));

    // What matches in the code and the scripts of a folder, apart from some files and folders.
    private static IEnumerable<string> Uses(Regex pattern, string folder, params string[] except) =>
        from file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src", folder), "*.*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".cs" or ".sh"
        where !except.Contains(Path.GetFileName(file)) && !except.Contains(Path.GetFileName(Path.GetDirectoryName(file)))
        from Match use in pattern.Matches(File.ReadAllText(file))
        select $"{file}: {use.Value}";

    [GeneratedRegex("using YamlDotNet")]
    private static partial Regex Yaml();

    [GeneratedRegex(@"\b(OpenSshShell|SshNetShell)\b")]
    private static partial Regex Transport();

    [GeneratedRegex(@"\b(systemctl|systemd-run) |journalctl -u|/etc/systemd/system/|name=systemd|MainPID=")]
    private static partial Regex ServiceManager();

    // A path that a message names for people begins in the middle of a text.
    [GeneratedRegex(@"""(/etc/kubernetes|/var/lib/kubelet|/var/lib/rancher)|\b(kubelet|containerd|kube-[a-z-]+|etcd)\.service""|=/etc/kubernetes")]
    private static partial Regex OfDistributions();

    // Every constructor of ProcessStartInfo, every Process.Start that takes a name, and a name that is changed afterwards.
    [GeneratedRegex(@"new ProcessStartInfo|ProcessStartInfo \w+ = new|\bProcess\.Start\((""|\$""|[^()]*,|[^()]*\[)|(?<=[Ss]tart(Info)?\.)FileName = ")]
    private static partial Regex OwnStart();

    [GeneratedRegex(@"\bClusterHeal\.(Bolt|Wal|Reports|Hosts|Etcd|Kubernetes|Operations)\b")]
    private static partial Regex AreaName();
}
