using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ClusterHeal.Practice.Tour;

/// <summary>One view of the module's <c>*.format.ps1xml</c>, as far as the tour needs it: the labels and what they stand for.</summary>
/// <param name="TypeName">The full name of the type that it shows.</param>
/// <param name="IsTable">A table with a line per object, else a list with a line per property.</param>
/// <param name="Fields">Its columns, or the lines of its list.</param>
/// <param name="GroupBy">The property whose value stands above the objects that have it, or null.</param>
internal sealed partial record ModuleView(string TypeName, bool IsTable, IReadOnlyList<ViewField> Fields, string? GroupBy = null)
{
    /// <summary>Reads the views of one file.</summary>
    public static IEnumerable<ModuleView> Read(Stream file) =>
        from view in XDocument.Load(file).Descendants("View")
        from type in view.Elements("ViewSelectedBy").Elements("TypeName")
        let table = view.Element("TableControl")
        let list = view.Element("ListControl")
        where table is not null || list is not null
        let fields = table is not null ? Columns(table) : Lines(list!)
        select new ModuleView(type.Value.Trim(), table is not null, [.. fields], view.Element("GroupBy")?.Element("PropertyName")?.Value);

    private static IEnumerable<ViewField> Columns(XElement table)
    {
        var headers = table.Elements("TableHeaders").Elements("TableColumnHeader").ToList();
        var items = table.Descendants("TableColumnItem").ToList();
        for (var i = 0; i < items.Count; i++)
        {
            var header = i < headers.Count ? headers[i] : null;
            yield return Field(items[i], header?.Element("Label")?.Value, header?.Element("Alignment")?.Value);
        }
    }

    private static IEnumerable<ViewField> Lines(XElement list) =>
        list.Descendants("ListItem").Select(item => Field(item, item.Element("Label")?.Value, null));

    private static ViewField Field(XElement item, string? label, string? alignment)
    {
        // A script humanises a property; which one is the first that it names. The tour has its own way to humanise the same.
        var script = item.Element("ScriptBlock")?.Value;
        var choice = script is null ? null : ViewScript.Read(script);
        var property = item.Element("PropertyName")?.Value ?? FirstProperty().Match(script ?? "").Groups[1].Value;
        return new ViewField(
            label ?? property, property, item.Element("FormatString")?.Value, script is not null, choice, alignment == "Right");
    }

    [GeneratedRegex(@"\$_\.(\w+)")]
    private static partial Regex FirstProperty();
}
