using System.Reflection;
using System.Runtime.Loader;

namespace ClusterHeal.Internal;

/// <summary>
/// The private context of the engine and its libraries, so that they meet no other version of these libraries that another
/// module brought into the session. See docs/design/0001-private-load-context.md.
/// </summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("ClusterHeal")
{
    /// <summary>The engine, the only assembly here that the cmdlets name.</summary>
    private const string Engine = "ClusterHeal.Core";

    // Here, so that it is loaded with the module: PowerShell finds a type that a script names only in a loaded assembly.
    private readonly Assembly _model = typeof(ClusterHealException).Assembly;

    /// <summary>Finds the engine for the cmdlets: a handler of <see cref="AssemblyLoadContext.Resolving"/> of the default context.</summary>
    public Assembly? ResolveEngine(AssemblyLoadContext context, AssemblyName name) => name.Name == Engine ? LoadFromAssemblyName(name) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The types that scripts hold must be the same on both sides, so the default context keeps them.
        if (assemblyName.Name == _model.GetName().Name) return _model;
        var file = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
