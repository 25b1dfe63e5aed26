using System.Management.Automation;
using System.Runtime.Loader;

namespace ClusterHeal.Internal;

/// <summary>Import and removal of the module: they only add and remove the handler that finds the engine.</summary>
/// <remarks>
/// Each runspace imports for itself, and each import adds its own handler. So a removal in one does not affect another.
/// The assemblies stay in the process, as every assembly of a PowerShell module does.
/// </remarks>
public sealed class ModuleLifecycle : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly EngineLoadContext Engine =
        new(Path.Combine(Path.GetDirectoryName(typeof(ModuleLifecycle).Assembly.Location)!, "engine"));

    /// <inheritdoc/>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += Engine.ResolveEngine;

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= Engine.ResolveEngine;
}
