using System.Xml.Linq;

namespace ClusterHeal.Help;

/// <summary>The XML that Get-Help reads. Syntax and the facts about parameters come from the cmdlet, all words from its page.</summary>
internal static class Maml
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Cmd = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The help file of one assembly.</summary>
    public static XDocument Document(IEnumerable<(Command Command, HelpPage Page)> pages) =>
        new(new XElement(
            Msh + "helpItems",
            new XAttribute("schema", "maml"),
            pages.Select(p => CommandElement(p.Command, p.Page))));

    private static XElement CommandElement(Command command, HelpPage page) => new(
        Cmd + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Text),
        new XAttribute(XNamespace.Xmlns + "command", Cmd),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Cmd + "details",
            new XElement(Cmd + "name", command.Name),
            new XElement(Cmd + "verb", command.Verb),
            new XElement(Cmd + "noun", command.Noun),
            Description([page.Synopsis])),
        Description(page.Description),
        new XElement(Cmd + "syntax", command.Sets.Select(set => SyntaxItem(command, set))),
        new XElement(Cmd + "parameters", command.Parameters.Select(p => Parameter(p, p.Uses[0], page))),
        new XElement(Cmd + "inputTypes", page.Inputs.Select(i => TypeText("inputType", i.Key, i.Value))),
        new XElement(Cmd + "returnValues", page.Outputs.Select(o => TypeText("returnValue", o.Key, o.Value))),
        new XElement(Text + "alertSet", new XElement(Text + "alert", Paras(page.Notes))),
        new XElement(Cmd + "examples", page.Examples.Select((e, i) => Example(e, i + 1))),
        new XElement(Cmd + "relatedLinks", page.Links.Select(Link)));

    private static XElement SyntaxItem(Command command, string set)
    {
        var used = command.Parameters.Select(p => (Parameter: p, Use: p.In(set)!)).Where(p => p.Use is not null);
        var ordered = used.OrderBy(p => p.Use.Position ?? int.MaxValue).ThenBy(p => p.Use.Mandatory ? 0 : 1);
        return new XElement(
            Cmd + "syntaxItem",
            new XElement(Text + "name", command.Name),
            ordered.Select(p => Parameter(p.Parameter, p.Use, page: null)));
    }

    private static XElement Parameter(CommandParameter parameter, ParameterUse use, HelpPage? page) => new(
        Cmd + "parameter",
        new XAttribute("required", use.Mandatory ? "true" : "false"),
        new XAttribute("variableLength", "true"),
        new XAttribute("globbing", parameter.TakesWildcards ? "true" : "false"),
        new XAttribute("pipelineInput", use.PipelineInput),
        new XAttribute("position", use.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
        new XElement(Text + "name", parameter.Name),
        page is null ? null : Description(page.Parameters[parameter.Name]),
        parameter.IsSwitch && page is null ? null : ParameterValue(parameter),
        new XElement(Dev + "type", new XElement(Text + "name", parameter.TypeName)),
        new XElement(Dev + "defaultValue", parameter.DefaultValue));

    private static XElement ParameterValue(CommandParameter parameter) => new(
        Cmd + "parameterValue",
        new XAttribute("required", parameter.IsSwitch ? "false" : "true"),
        new XAttribute("variableLength", "false"),
        parameter.TypeName);

    private static XElement TypeText(string element, string type, IReadOnlyList<string> words) => new(
        Cmd + element,
        new XElement(Dev + "type", new XElement(Text + "name", type)),
        Description(words));

    private static XElement Example(HelpExample example, int number) => new(
        Cmd + "example",
        new XElement(Text + "title", $"Example {number}: {example.Title}"),
        new XElement(Dev + "code", example.Output.Length > 0 ? $"{example.Code}\n\n{example.Output}" : example.Code),
        new XElement(Dev + "remarks", Paras(example.Remarks)));

    private static XElement Link((string Text, string Target) link) => new(
        Text + "navigationLink",
        new XElement(Text + "linkText", link.Text),
        new XElement(Text + "uri", link.Target.Contains("://", StringComparison.Ordinal) ? link.Target : string.Empty));

    private static XElement Description(IEnumerable<string> paragraphs) => new(Text + "description", Paras(paragraphs));

    private static IEnumerable<XElement> Paras(IEnumerable<string> paragraphs) => paragraphs.Select(p => new XElement(Text + "para", p));
}
