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
    public void Programs_are_prepared_in_one_place_which_never_takes_one_of_the_current_folder()
    {
        var source = Path.Combine(RepositoryRoot.Path, "src");
        var wrong =
            from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            where Path.GetFileName(file) != "ProgramStart.cs"
            from Match use in OwnStart().Matches(File.ReadAllText(file))
            select $"{Path.GetRelativePath(source, file)}: {use.Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void YAML_is_read_in_one_place_which_has_limits()
    {
        var source = Path.Combine(RepositoryRoot.Path, "src");
        var wrong =
            from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            let name = Path.GetRelativePath(source, file)
            where name != Path.Combine("ClusterHeal.Core", "Common", "Yaml", "YamlReader.cs") && File.ReadAllText(file).Contains("using YamlDotNet", StringComparison.Ordinal)
            select name;
        Assert.Empty(wrong);
    }

    // Every constructor of ProcessStartInfo, every Process.Start that takes a name, and a name that is changed afterwards.
    [GeneratedRegex(@"new ProcessStartInfo|ProcessStartInfo \w+ = new|\bProcess\.Start\((""|\$""|[^()]*,|[^()]*\[)|(?<=[Ss]tart(Info)?\.)FileName = ")]
    private static partial Regex OwnStart();

    [GeneratedRegex(@"\bClusterHeal\.(Bolt|Wal|Reports|Hosts|Etcd|Kubernetes|Operations)\b")]
    private static partial Regex AreaName();
}
