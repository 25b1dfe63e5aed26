using System.Reflection;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The scripts that lie beside this file, with the functions of <c>library.sh</c> in front of them.</summary>
internal static class MemberScript
{
    /// <summary>Reads one of them.</summary>
    /// <param name="name">The file's name without <c>.sh</c>.</param>
    public static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ClusterHeal.Operations.Restores.{name}.sh")
            ?? throw new InvalidOperationException($"The script {name} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return HostScript.Text("library") + reader.ReadToEnd();
    }
}
