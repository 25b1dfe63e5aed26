using System.Reflection;

namespace ClusterHeal.Practice.Processes;

/// <summary>The module that was built with this program.</summary>
public static class StagedModule
{
    /// <summary>Its folder, for <c>Import-Module</c>.</summary>
    public static string Folder { get; } = typeof(StagedModule).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ModuleFolder").Value!;
}
