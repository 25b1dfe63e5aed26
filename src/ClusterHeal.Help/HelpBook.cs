using System.Text;

namespace ClusterHeal.Help;

/// <summary>
/// All pages together with the cmdlets that they are about. A cmdlet without a page, a parameter that nobody explains, a page about
/// nothing or fewer than three examples are faults.
/// </summary>
internal sealed class HelpBook
{
    /// <summary>The page that explains the parameters that many cmdlets share, once for all of them.</summary>
    public const string SharedParameters = "shared-parameters.md";

    private const int FewestExamples = 3;

    private readonly List<Fault> _faults = [];
    private readonly List<(Command Command, HelpPage Page)> _pages = [];
    private readonly List<(string Name, string Text)> _topics = [];

    private HelpBook()
    {
    }

    /// <summary>What is wrong with the pages.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>The cmdlets with their pages; each page has every parameter.</summary>
    public IReadOnlyList<(Command Command, HelpPage Page)> Pages => _pages;

    /// <summary>Reads a folder of pages.</summary>
    public static HelpBook Read(string folder, IReadOnlyList<Command> commands)
    {
        var book = new HelpBook();
        var sharedFile = Path.Combine(folder, SharedParameters);
        var shared = SharedTexts(sharedFile);
        var files = Directory.GetFiles(folder, "*.md").Except([sharedFile]).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files.Where(IsTopic)) book._topics.Add((Path.GetFileNameWithoutExtension(file), TopicText(file)));
        var pages = files.Where(f => !IsTopic(f)).ToDictionary(f => Path.GetFileNameWithoutExtension(f)!, StringComparer.Ordinal);
        foreach (var command in commands)
        {
            if (pages.Remove(command.Name, out var file)) book.Add(command, file, shared);
            else book._faults.Add(new Fault(Path.Combine(folder, command.Name + ".md"), 1, $"{command.Name} has no page"));
        }

        book._faults.AddRange(pages.Values.Select(file => new Fault(file, 1, "there is no cmdlet of this name")));
        return book;
    }

    /// <summary>Writes the files that Get-Help reads.</summary>
    /// <param name="folder">The culture's folder in the module.</param>
    /// <param name="assemblyName">The file name of the cmdlets' assembly.</param>
    public void Write(string folder, string assemblyName)
    {
        Directory.CreateDirectory(folder);
        Maml.Document(_pages).Save(Path.Combine(folder, assemblyName + "-Help.xml"));
        foreach (var (name, text) in _topics) File.WriteAllText(Path.Combine(folder, name + ".help.txt"), text, Encoding.UTF8);
    }

    private static bool IsTopic(string file) => Path.GetFileName(file).StartsWith("about_", StringComparison.Ordinal);

    // A topic is shown as it is written: Markdown is made to be read as text.
    private static string TopicText(string file) => File.ReadAllText(file);

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> SharedTexts(string file) =>
        File.Exists(file) ? HelpPageReader.Read(file, File.ReadAllText(file), []).Parameters : new Dictionary<string, IReadOnlyList<string>>();

    private void Add(Command command, string file, IReadOnlyDictionary<string, IReadOnlyList<string>> shared)
    {
        var page = HelpPageReader.Read(file, File.ReadAllText(file), _faults);
        if (page.Name != command.Name) AddFault($"the title is '{page.Name}'");
        if (page.Examples.Count < FewestExamples) AddFault($"{page.Examples.Count} examples; {FewestExamples} are the fewest");
        foreach (var name in page.Parameters.Keys.Except(command.Parameters.Select(p => p.Name), StringComparer.OrdinalIgnoreCase))
        {
            AddFault($"there is no parameter -{name}");
        }

        var texts = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in command.Parameters)
        {
            var text = page.Parameters.GetValueOrDefault(parameter.Name) ?? shared.GetValueOrDefault(parameter.Name);
            if (text is { Count: > 0 }) texts.Add(parameter.Name, text);
            else AddFault($"-{parameter.Name} is explained neither here nor in {SharedParameters}");
        }

        _pages.Add((command, page with { Parameters = texts }));

        void AddFault(string message) => _faults.Add(new Fault(file, 1, message));
    }
}
