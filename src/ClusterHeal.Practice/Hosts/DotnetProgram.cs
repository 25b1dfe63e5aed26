using System.Runtime.InteropServices;

namespace ClusterHeal.Practice.Hosts;

/// <summary>Programs of this repository as processes of this machine and of practice hosts.</summary>
internal static class DotnetProgram
{
    /// <summary>The program with the components of the practice control plane.</summary>
    public const string ControlPlane = "ClusterHeal.Practice.ControlPlane";

    /// <summary>The folder of the programs on a host.</summary>
    public const string HostFolder = "/usr/lib/clusterheal-practice";

    private static readonly string OwnFolder = Path.GetDirectoryName(typeof(DotnetProgram).Assembly.Location)!;

    /// <summary>The .NET that runs this process, a folder. Not the path of this process: a test program may be run by itself.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The file of a program on this machine.</summary>
    public static string FileOf(string program) => Path.Combine(OwnFolder, $"{program}.dll");

    /// <summary>The command line that runs a program on a host; its arguments follow.</summary>
    public static string HostCommand(string program) => $"{Root}/dotnet {HostFolder}/{program}.dll";

    /// <summary>What a host needs to run a program, by the paths there: its libraries, and the .NET if that is in no folder that hosts share anyway.</summary>
    public static Dictionary<string, string> FilesOf(string program)
    {
        var dependencies = File.ReadAllText(Path.Combine(OwnFolder, $"{program}.deps.json"));
        var names = Directory.EnumerateFiles(OwnFolder, "*.dll").Select(file => Path.GetFileName(file))
            .Where(name => dependencies.Contains($"/{name}\"", StringComparison.Ordinal) || dependencies.Contains($"\"{name}\"", StringComparison.Ordinal))
            .Concat([$"{program}.deps.json", $"{program}.runtimeconfig.json"]);
        var files = names.ToDictionary(name => $"{HostFolder}/{name}", name => Path.Combine(OwnFolder, name));
        if (!Root.StartsWith("/usr/", StringComparison.Ordinal)) files[Root] = Root;
        return files;
    }
}
