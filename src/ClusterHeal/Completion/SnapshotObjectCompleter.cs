using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>
/// Completes kinds, namespaces and names with those that the snapshot of the same command has, within what is already typed of the others. It
/// looks for a moment only, and never complains.
/// </summary>
public sealed class SnapshotObjectCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1);
    private static readonly string[] PathParameters = ["Path", "LiteralPath"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Values(parameterName, fakeBoundParameters)
            .Where(value => pattern.IsMatch(value) && VisibleText.Of(value) == value)
            .Select(value => new CompletionResult(Quoted(value), value, CompletionResultType.ParameterValue, value));
    }

    private static SortedSet<string> Values(string parameterName, IDictionary bound)
    {
        var filter = new ObjectFilter
        {
            Kind = Texts(bound, parameterName, "Kind"), Namespace = Texts(bound, parameterName, "Namespace"), Name = Texts(bound, parameterName, "Name"),
        };
        Func<EtcdSnapshotObject, string> value = parameterName switch
        {
            "Namespace" => found => found.Namespace,
            "Name" => found => found.Name,
            _ => found => found.Kind.Length > 0 ? found.Kind : found.Resource,
        };
        var values = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        using var budget = new CancellationTokenSource(Budget);
        try
        {
            foreach (var path in Paths(bound)) SnapshotObjectQuery.Collect(path, filter, value, values, budget.Token);
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            // A completer has no way to speak; what was found so far is the best there is.
        }

        values.Remove("");
        return values;
    }

    /// <summary>The values of another parameter that is typed already.</summary>
    private static string[] Texts(IDictionary bound, string completed, string parameter) =>
        parameter == completed || bound[parameter] is not { } given ? [] : LanguagePrimitives.ConvertTo<string[]>(given);

    private static IEnumerable<string> Paths(IDictionary bound)
    {
        foreach (var parameter in PathParameters.Where(bound.Contains))
        {
            // Only PowerShell knows its location and its drives.
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            shell.AddCommand("Microsoft.PowerShell.Management\\Convert-Path").AddParameter(parameter, bound[parameter]).AddParameter("ErrorAction", "Ignore");
            foreach (var path in shell.Invoke<string>()) yield return path;
        }
    }

    private static string Quoted(string value) =>
        value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or ':') ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
