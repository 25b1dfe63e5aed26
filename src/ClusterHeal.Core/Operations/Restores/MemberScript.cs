using System.Reflection;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The scripts that lie beside this file, with the functions of <c>library.sh</c> in front of them.</summary>
internal static class MemberScript
{
    /// <summary>The script that lies on a host for as long as there is data of its restore: all that it needs is in it.</summary>
    public static string Installed => Library + Text("ask-etcd") + Text("components") + Text("heal-member") + Text("member");

    /// <summary>The script that looks at a host.</summary>
    public static string Inspect => Library + Text("inspect-member");

    /// <summary>The script with which a host asks etcd.</summary>
    public static string Ask => Library + Text("ask-etcd") + Text("ask-member");

    /// <summary>The script that lies on a host whose member is repaired.</summary>
    public static string Repair => Library + Text("ask-etcd") + Text("components") + Text("repair-member", "Repairs");

    /// <summary>The script that lists the repairs of which a host knows.</summary>
    public static string ListRepairs => Library + Text("list-repairs", "Repairs");

    private static string Library => HostScript.Text("library");

    private static string Text(string name, string folder = "Restores")
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ClusterHeal.Operations.{folder}.{name}.sh")
            ?? throw new InvalidOperationException($"The script {name} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
