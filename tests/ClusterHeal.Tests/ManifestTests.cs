using System.Reflection;
using System.Text.RegularExpressions;

namespace ClusterHeal.Tests;

public sealed class ManifestTests
{
    [Fact]
    public void The_assemblies_have_the_version_of_the_manifest()
    {
        var manifest = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "ClusterHeal.psd1"));
        var version = Regex.Match(manifest, "ModuleVersion *= '([^']+)'").Groups[1].Value;
        var built = typeof(ClusterHealException).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.Equal(version, built.Split('+')[0]);
    }
}
