using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Hosts;
using ClusterHeal.Internal;

namespace ClusterHeal.Completion;

/// <summary>The base of all completers of names: they answer quickly or not at all, and report no errors.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private const string PlainSigns = "-._:/\\~";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        IEnumerable<string> names;
        try
        {
            names = [.. Names(parameterName, fakeBoundParameters)];
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            names = []; // A completer cannot report anything.
        }

        return names.Where(name => name.Length > 0 && pattern.IsMatch(name) && VisibleText.Of(name) == name).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => new CompletionResult(Quoted(name), name, CompletionResultType.ParameterValue, name));
    }

    /// <summary>The known names, in the order in which they are offered.</summary>
    /// <param name="parameterName">The parameter.</param>
    /// <param name="bound">The values of other parameters, as typed.</param>
    private protected abstract IEnumerable<string> Names(string parameterName, IDictionary bound);

    /// <summary>The cluster of the command: of -Cluster, of -Kubeconfig and -Context, or of the session; null if there is none.</summary>
    private protected static ClusterConnection? ConnectionOf(IDictionary bound)
    {
        if (Bare(bound["Cluster"]) is ClusterConnection given) return given;
        var context = Texts(bound, "Context").FirstOrDefault();
        string[] kubeconfig = [.. KubeconfigOf(bound)];
        return kubeconfig.Length > 0 || context is not null
            ? new ClusterConnection { ClusterName = "", Kubeconfig = [.. kubeconfig], Context = context }
            : ClusterSession.Current.Connection;
    }

    /// <summary>The full paths of the typed kubeconfig files. One that does not exist stays as it is, and is not found later.</summary>
    private protected static IEnumerable<string> KubeconfigOf(IDictionary bound) =>
        Texts(bound, "Kubeconfig").SelectMany(path => FullPaths("LiteralPath", path).DefaultIfEmpty(path));

    /// <summary>What a cluster answers within a moment. It is kept for some seconds.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="kind">The kind of names.</param>
    /// <param name="askAsync">Asks the cluster.</param>
    private protected static IReadOnlyList<string> Asked(
        ClusterConnection cluster, string kind, Func<ClusterConnection, HostShells, CancellationToken, Task<IReadOnlyList<string>>> askAsync) =>
        ClusterSession.Current.Names(cluster, kind, stop => askAsync(cluster, new HostShells(_ => { }), stop));

    /// <summary>The texts that are typed for a parameter.</summary>
    private protected static string[] Texts(IDictionary bound, string parameter) =>
        bound[parameter] is { } given ? LanguagePrimitives.ConvertTo<string[]>(given) : [];

    /// <summary>The files of a path. Only PowerShell knows its location and its drives.</summary>
    /// <param name="parameter">Path or LiteralPath.</param>
    /// <param name="path">The path.</param>
    private protected static IEnumerable<string> FullPaths(string parameter, object? path)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Microsoft.PowerShell.Management\\Convert-Path").AddParameter(parameter, path).AddParameter("ErrorAction", "Ignore");
        return [.. shell.Invoke<string>()];
    }

    /// <summary>The name as one types it: in quotes only if PowerShell needs them.</summary>
    private protected static string Quoted(string value) =>
        value.All(letter => char.IsAsciiLetterOrDigit(letter) || PlainSigns.Contains(letter, StringComparison.Ordinal))
            ? value
            : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
