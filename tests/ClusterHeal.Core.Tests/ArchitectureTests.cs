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

    [GeneratedRegex(@"\bClusterHeal\.(Bolt|Wal|Reports|Hosts|Etcd|Kubernetes|Operations)\b")]
    private static partial Regex AreaName();
}
