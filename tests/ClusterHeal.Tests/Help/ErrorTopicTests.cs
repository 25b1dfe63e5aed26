using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ClusterHeal.Tests.Help;

/// <summary>about_ClusterHeal_Errors lists every id, in the words of its own documentation.</summary>
public sealed class ErrorTopicTests
{
    [Fact]
    public void Every_error_id_is_listed_with_its_meaning() =>
        Approved.Check(List(), "### All ids\n", "docs", "en-US", "about_ClusterHeal_Errors.md");

    [Fact]
    public void An_id_is_its_own_name() => Assert.All(Ids(), id => Assert.Equal(id.Name, id.GetRawConstantValue()));

    private static string List()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(ErrorIds).Assembly.Location, ".xml"));
        var summaries = documentation.Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary"));
        return string.Concat(Ids().Select(id => $"- `{id.Name}`: {Text(summaries[$"F:ClusterHeal.ErrorIds.{id.Name}"]!)}\n"));
    }

    private static IEnumerable<FieldInfo> Ids() =>
        typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(f => f.Name, StringComparer.Ordinal);

    private static string Text(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(e => e.Attribute("cref") is not null).ToList())
        {
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.')[^1]);
        }

        foreach (var code in summary.Descendants("c").ToList()) code.ReplaceWith($"`{code.Value}`");
        return Regex.Replace(summary.Value, @"\s+", " ").Trim();
    }
}
