using System.Security.Cryptography;
using System.Text;
using ClusterHeal.Practice;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Windows;

/// <summary>
/// What Wine and PowerShell for Windows need on disk, made once and kept in the cache of the practice environment: a Debian with Wine, and a
/// layer over it with PowerShell (<c>/pwsh</c>), the registry and the system folders of Windows (<c>/prefix</c>).
/// </summary>
/// <param name="Root">The Debian.</param>
/// <param name="Layer">The layer.</param>
internal sealed record WindowsFiles(string Root, string Layer)
{
    private const string WineFolder = "usr/lib/x86_64-linux-gnu/wine";

    /// <summary>Gets them; the first time takes two minutes or so.</summary>
    /// <exception cref="PracticeException">A package cannot be had.</exception>
    public static async Task<WindowsFiles> GetAsync(CancellationToken cancellationToken)
    {
        var wine = await new PeerCache().GetAsync(PeerSet.Wine, cancellationToken);
        var project = Path.Combine(RepositoryRoot.Path, "tests", "WindowsPowerShell");
        var recipe = await File.ReadAllTextAsync(Path.Combine(project, "WindowsPowerShell.csproj"), cancellationToken) + Pwsh.PackageFolder;
        var layer = Path.Combine(PeerCache.DefaultFolder, "windows-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)), 0, 4));
        await using var turn = await FileLock.TakeAsync(layer + ".lock", cancellationToken);
        if (Directory.Exists(layer)) return new WindowsFiles(wine.Root, layer);

        var draft = layer + ".part";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        foreach (var folder in new[] { "pwsh", "prefix", "proc", "dev", "tmp", WineFolder + "/x86_64-windows" }) Directory.CreateDirectory(Path.Combine(draft, folder));
        AddZlib(wine.Root, draft);
        await PublishAsync(project, Path.Combine(draft, "pwsh"), cancellationToken);
        var said = await new WineMachine(new WindowsFiles(wine.Root, draft)) { KeepsPrefix = true }.RunAsync("wineboot --init", [], new Dictionary<string, string?>(), cancellationToken);
        if (!File.Exists(Path.Combine(draft, "prefix", "system.reg"))) throw new InvalidOperationException($"Wine could not make its Windows: {said}");
        Directory.Move(draft, layer);
        return new WindowsFiles(wine.Root, layer);
    }

    /// <summary>Debian's Wine takes zlib from another package and marks it as its own when it is installed; nothing is installed here.</summary>
    private static void AddZlib(string root, string draft)
    {
        var library = File.ReadAllBytes(Path.Combine(root, "usr/x86_64-w64-mingw32/lib/zlib1.dll"));
        const int Stub = 0x40;
        const int StubLength = 0x20;
        Array.Clear(library, Stub, StubLength);
        Encoding.ASCII.GetBytes("Wine builtin DLL").CopyTo(library, Stub);
        File.WriteAllBytes(Path.Combine(draft, WineFolder, "x86_64-windows", "zlib1.dll"), library);
    }

    private static async Task PublishAsync(string project, string folder, CancellationToken cancellationToken)
    {
        var dotnet = Path.Combine(Pwsh.Environment["DOTNET_ROOT"]!, "dotnet");
        // What a test runner of .NET leaves in the environment for its children would bend the build.
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToDictionary(name => name, _ => (string?)null);
        var run = await Tool.RunAsync(dotnet, ["publish", project, "--verbosity", "quiet", "--nologo", "--output", folder], cancellationToken, environment);
        // NuGet's own errors are the network's or the source's; any other is ours.
        if (run.Output.Contains("error NU", StringComparison.Ordinal)) run.Expect();
        if (run.ExitCode != 0) throw new InvalidOperationException(run.Output + run.Error);
    }
}
