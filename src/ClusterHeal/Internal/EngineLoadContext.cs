using System.Reflection;
using System.Runtime.Loader;

namespace ClusterHeal.Internal;

/// <summary>
/// The private load context of the engine and its libraries. Another module may bring other versions of these libraries into the session; they do not
/// conflict. See docs/design/0001-private-load-context.md.
/// </summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("ClusterHeal")
{
    /// <summary>The engine, the only assembly of this context that the cmdlets reference.</summary>
    private const string Engine = "ClusterHeal.Core";

    // Referenced here, so that it is loaded with the module: PowerShell finds a type for a script only in a loaded assembly.
    private readonly Assembly _model = typeof(ClusterHealException).Assembly;

    /// <summary>Finds the engine for the cmdlets: a handler of <see cref="AssemblyLoadContext.Resolving"/> of the default context.</summary>
    public Assembly? ResolveEngine(AssemblyLoadContext context, AssemblyName name) => name.Name == Engine ? LoadFromAssemblyName(name) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The types that scripts use must be the same in both contexts, so the default context keeps them.
        if (assemblyName.Name == _model.GetName().Name) return _model;
        var file = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
