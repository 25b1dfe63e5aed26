using System.Reflection;
using System.Runtime.InteropServices;

namespace ClusterHeal.Practice.Processes;

/// <summary>The PowerShell of this repository's tool manifest. The build has restored it; A pwsh of the machine is not used.</summary>
public static class Pwsh
{
    /// <summary>The folder of its NuGet package with PowerShell for both systems: <c>unix</c> and <c>win</c>.</summary>
    public static string PackageFolder { get; } = typeof(Pwsh).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "PowerShellPackage").Value!;

    /// <summary>The full path of the program.</summary>
    public static string File { get; } = Path.Combine(PackageFolder, "unix", "pwsh");

    /// <summary>
    /// What a process needs in its environment in order to start this pwsh, also by its bare name: the PATH begins with its folder.
    /// It sends no telemetry and looks for no update.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["PATH"] = Path.GetDirectoryName(File) + Path.PathSeparator + System.Environment.GetEnvironmentVariable("PATH"),
        // The runtime that we run on is in shared/<framework>/<version> of an installation; an installation may be anywhere.
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        ["POWERSHELL_UPDATECHECK"] = "Off",
    };
}
