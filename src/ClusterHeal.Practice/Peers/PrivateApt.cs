using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Peers;

/// <summary>
/// apt with a state folder of its own: it takes proxies and other settings from the machine, and leaves the machine's package lists,
/// caches and hooks alone. Nothing is installed with it.
/// </summary>
internal sealed class PrivateApt : IDisposable
{
    private static readonly string[] NoPackages = ["-o", "Dir::State::status=/dev/null"];

    private readonly string _state;
    private readonly string _configuration;

    private PrivateApt(string state)
    {
        _state = state;
        _configuration = Path.Combine(state, "apt.conf");
    }

    /// <summary>Makes one that knows the given archives only.</summary>
    /// <param name="folder">Where its state folder is made; <see cref="Dispose"/> removes it.</param>
    /// <param name="sources">Lines of a sources.list.</param>
    public static PrivateApt Create(string folder, IEnumerable<string> sources)
    {
        var apt = new PrivateApt(Directory.CreateDirectory(Path.Combine(folder, $".apt-{Guid.NewGuid():N}")).FullName);
        Directory.CreateDirectory(Path.Combine(apt._state, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(apt._state, "archives", "partial"));
        File.WriteAllLines(Path.Combine(apt._state, "sources.list"), sources);
        // The machine's hooks would clean the machine's own cache; of the indexes we need the packages' alone.
        File.WriteAllText(apt._configuration, $$"""
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            #clear Acquire::IndexTargets;
            Acquire::IndexTargets::deb::Packages {
              MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
              flatMetaKey "Packages";
              ShortDescription "Packages";
              Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
              Optional "no";
            };
            Acquire::Languages "none";
            APT::Sandbox::User "root";
            Dir::State "{{apt._state}}";
            Dir::State::lists "lists";
            Dir::State::status "/var/lib/dpkg/status";
            Dir::Cache "{{apt._state}}";
            Dir::Cache::archives "archives";
            Dir::Etc::sourcelist "{{apt._state}}/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            """);
        return apt;
    }

    public Task UpdateAsync(CancellationToken cancellationToken) => RunAsync(["update"], _state, cancellationToken);

    /// <summary>
    /// Downloads the newest version of the packages into a folder. What the machine has installed does not count: its kubectl may be
    /// of another archive and have a higher version.
    /// </summary>
    public Task DownloadAsync(IEnumerable<string> packages, string folder, CancellationToken cancellationToken) =>
        RunAsync(["download", .. NoPackages, .. packages], folder, cancellationToken);

    /// <summary>Downloads what an installation of the packages on this machine, or on one without any package, would take, into a folder.</summary>
    public async Task DownloadWithDependenciesAsync(
        IEnumerable<string> packages, string folder, bool ofEmptyMachine, CancellationToken cancellationToken)
    {
        string[] status = ofEmptyMachine ? NoPackages : [];
        await RunAsync(["install", "--yes", "--no-install-recommends", "--download-only", .. status, .. packages], folder, cancellationToken);
        foreach (var package in Directory.EnumerateFiles(Path.Combine(_state, "archives"), "*.deb"))
        {
            File.Move(package, Path.Combine(folder, Path.GetFileName(package)));
        }
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private async Task RunAsync(string[] command, string folder, CancellationToken cancellationToken)
    {
        var plain = new Dictionary<string, string?> { ["LC_ALL"] = "C", ["DEBIAN_FRONTEND"] = "noninteractive" };
        // A machine updates itself at times: apt-get then waits for dpkg's lock, which it takes even to download.
        string[] waits = ["-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=600"];
        string[] arguments = ["-c", _configuration, .. waits, "-q", .. command];
        var result = await Tool.RunAsync("apt-get", arguments, cancellationToken, plain, folder);
        if (result.ExitCode == 0) return;
        throw new PracticeException(
            $"apt-get could not {string.Join(' ', command)}: {result.Error.Trim()} Is the network up, and does 'apt-get update' work?");
    }
}
