using System.Reflection;

namespace ClusterHeal.Hosts;

/// <summary>
/// A POSIX shell script to run on a host. Its text is fixed. Everything that varies is an argument and arrives in <c>$1</c>, <c>$2</c> … as data,
/// whatever it contains.
/// </summary>
public sealed class HostScript
{
    private static readonly Lazy<string> LibraryText = new(() => Text("systemd") + Text("library"));

    /// <summary>Makes the script.</summary>
    /// <param name="body">
    /// The text. It becomes the body of a function, so a script that arrives only in part is not run at all. One that says
    /// <c># Needs library.sh.</c> gets the library.
    /// </param>
    /// <param name="arguments">The values for <c>$1</c>, <c>$2</c> …</param>
    public HostScript(string body, params string[] arguments)
    {
        Body = WithLibrary(body);
        Arguments = arguments;
    }

    /// <summary>The text.</summary>
    public string Body { get; }

    /// <summary>The values for <c>$1</c>, <c>$2</c> …</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>What it is for, in words that fit after "while it did this": <c>stop etcd.service</c>.</summary>
    public string Purpose { get; init; } = "run a script";

    /// <summary>How long it may run. Then the program here is ended; the host may still run it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many bytes of output are read before the host counts as broken.</summary>
    public int OutputLimit { get; init; } = 16 << 20;

    /// <summary>The same script with another deadline.</summary>
    internal HostScript WithTimeout(TimeSpan timeout) =>
        new(Body, [.. Arguments]) { Purpose = Purpose, Timeout = timeout, OutputLimit = OutputLimit };

    /// <summary>The functions that scripts share: <c>systemd.sh</c>, or the file of another service manager, and <c>library.sh</c>.</summary>
    internal static string Library => LibraryText.Value;

    /// <summary>The script, with the library in front if it needs it and does not have it yet.</summary>
    /// <param name="body">The script's text.</param>
    internal static string WithLibrary(string body) =>
        body.Contains("# Needs library.sh.", StringComparison.Ordinal) && !body.Contains(Library, StringComparison.Ordinal) ? Library + body : body;

    /// <summary>Reads one of the scripts that are part of this assembly, from the folder <c>Hosts/Scripts</c>.</summary>
    /// <param name="name">The file's name without <c>.sh</c>.</param>
    internal static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ClusterHeal.Hosts.Scripts.{name}.sh")
            ?? throw new InvalidOperationException($"The script {name} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
