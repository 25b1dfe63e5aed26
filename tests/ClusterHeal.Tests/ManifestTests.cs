using System.Reflection;
using System.Text.RegularExpressions;

namespace ClusterHeal.Tests;

/// <summary>The manifest and the module as it is staged.</summary>
public sealed class ManifestTests
{
    private static readonly string Manifest = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "ClusterHeal.psd1"));

    [Fact]
    public void The_assemblies_have_the_version_of_the_manifest()
    {
        var version = Regex.Match(Manifest, "ModuleVersion *= '([^']+)'").Groups[1].Value;
        var built = typeof(ClusterHealException).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.Equal(version, built.Split('+')[0]);
    }

    [Fact]
    public void It_exports_the_compiled_cmdlets_by_name() =>
        Assert.Equal(CompiledCmdlets.All.Select(c => c.Name), List("CmdletsToExport").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("AliasesToExport")]
    [InlineData("VariablesToExport")]
    public void It_exports_nothing_else_and_says_so(string key) => Assert.Empty(List(key));

    [Fact]
    public void It_lists_every_file_of_views()
    {
        var views = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "src", "ClusterHeal", "Views")).Select(f => "Views/" + Path.GetFileName(f));
        Assert.Equal(views.Order(StringComparer.Ordinal), List("FormatsToProcess").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_build_stages_what_the_module_needs_and_nothing_else()
    {
        var staged = Path.Combine(RepositoryRoot.Path, "out", "ClusterHeal");
        var files = Directory.GetFiles(staged, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(staged, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("Views/", StringComparison.Ordinal) && !f.EndsWith(".help.txt", StringComparison.Ordinal));
        string[] expected =
        [
            "ClusterHeal.psd1",
            "ClusterHeal.psm1",
            "LICENSE",
            "bin/ClusterHeal.Model.dll",
            "bin/ClusterHeal.dll",
            "bin/engine/BouncyCastle.Cryptography.dll",
            "bin/engine/ClusterHeal.Core.dll",
            "bin/engine/Fractions.dll",
            "bin/engine/Google.Api.CommonProtos.dll",
            "bin/engine/Google.Protobuf.dll",
            "bin/engine/Grpc.Core.Api.dll",
            "bin/engine/Grpc.Net.Client.dll",
            "bin/engine/Grpc.Net.Common.dll",
            "bin/engine/KubernetesClient.dll",
            "bin/engine/Microsoft.Extensions.DependencyInjection.Abstractions.dll",
            "bin/engine/Microsoft.Extensions.DependencyInjection.dll",
            "bin/engine/Microsoft.Extensions.Logging.Abstractions.dll",
            "bin/engine/Renci.SshNet.dll",
            "bin/engine/YamlDotNet.dll",
            "bin/engine/dotnet-etcd.dll",
            "en-US/ClusterHeal.dll-Help.xml",
        ];
        Assert.Equal(expected, files.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> List(string key)
    {
        var list = Regex.Match(Manifest, $@"{key}\s*= @\(([^)]*)\)");
        Assert.True(list.Success, $"{key} is missing: that would mean everything.");
        return Regex.Matches(list.Groups[1].Value, "'([^']+)'").Select(m => m.Groups[1].Value);
    }
}
