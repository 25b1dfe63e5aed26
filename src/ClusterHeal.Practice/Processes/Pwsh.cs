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
    /// It sends no telemetry, looks for no update, and leaves the CPU to others.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["PATH"] = Path.GetDirectoryName(File) + Path.PathSeparator + System.Environment.GetEnvironmentVariable("PATH"),
        // The runtime that we run on is in shared/<framework>/<version> of an installation; an installation may be anywhere.
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        ["POWERSHELL_UPDATECHECK"] = "Off",
        // A test or a chapter of the tour ends before code that is compiled twice would pay: this saves an eighth of its CPU time.
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountingDelayMs"] = "4E20", // 20,000 in hexadecimal
        // A thread without work sleeps. To spin first would take the CPU from the hosts of the practice cluster.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };
}
