using System.Collections;
using System.Globalization;

namespace ClusterHeal.Practice.Tour;

/// <summary>Shows objects as PowerShell would with the module's views; the module's own files are built into this program.</summary>
/// <param name="views">The views.</param>
internal sealed class ViewRenderer(IReadOnlyList<ModuleView> views)
{
    private const string ResourcePrefix = "views/";
    private const int ScreenWidth = 132;

    /// <summary>Makes one with the module's views.</summary>
    public static ViewRenderer FromModule()
    {
        var assembly = typeof(ViewRenderer).Assembly;
        var files = assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal));
        return new ViewRenderer([.. files.SelectMany(name =>
        {
            using var file = assembly.GetManifestResourceStream(name)!;
            return ModuleView.Read(file).ToList();
        })]);
    }

    /// <summary>The lines for some objects; neighbours of one type share a table.</summary>
    public IEnumerable<string> Render(IReadOnlyList<object> records)
    {
        for (var first = 0; first < records.Count;)
        {
            var type = records[first].GetType();
            var view = views.FirstOrDefault(each => each.TypeName == type.FullName) ?? AllOf(type);
            var heading = Heading(view, records[first]);
            var group = records.Skip(first).TakeWhile(record => record.GetType() == type && Heading(view, record) == heading).ToList();
            first += group.Count;
            yield return "";
            if (heading is not null) yield return $"   {view.GroupBy}: {heading}";
            if (heading is not null) yield return "";
            foreach (var line in view.IsTable ? Table(view, group) : group.SelectMany(record => List(view, record))) yield return line;
        }
    }

    /// <summary>What PowerShell does without a view: up to four properties are a table, more of them a list.</summary>
    private static ModuleView AllOf(Type type)
    {
        var fields = type.GetProperties().Select(each => new ViewField(each.Name, each.Name, null, false, null, IsNumber(each.PropertyType))).ToList();
        return new ModuleView(type.FullName!, fields.Count <= 4, fields);
    }

    private static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(double);

    private static IEnumerable<string> Table(ModuleView view, List<object> records)
    {
        var cells = records.Select(record => view.Fields.Select(field => Text(field, record)).ToArray()).ToList();
        var widths = view.Fields.Select((field, i) => Math.Max(field.Label.Length, cells.Max(row => row[i].Length))).ToArray();
        var before = widths.SkipLast(1).Sum(width => width + 1);
        yield return Line(view.Fields.Select(field => field.Label));
        yield return Line(view.Fields.Select(field => new string('-', field.Label.Length)));
        foreach (var row in cells)
        {
            var (head, more) = Wrap(row[^1], ScreenWidth - before);
            yield return Line(row.SkipLast(1).Append(head));
            foreach (var line in more) yield return new string(' ', before) + line;
        }

        string Line(IEnumerable<string> texts) => string.Join(' ', texts.Select((text, i) =>
            view.Fields[i].Right ? text.PadLeft(widths[i]) : text.PadRight(widths[i]))).TrimEnd();
    }

    /// <summary>Breaks the text of a last column between words.</summary>
    private static (string Head, List<string> More) Wrap(string text, int width)
    {
        List<string> lines = [""];
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + word.Length >= width) lines.Add("");
            lines[^1] += lines[^1].Length == 0 ? word : $" {word}";
        }
        return (lines[0], lines[1..]);
    }

    private static string? Heading(ModuleView view, object record) =>
        view.GroupBy is { } property ? PlainText(Read(record, property)) : null;

    private static object? Read(object record, string property) => record.GetType().GetProperty(property)?.GetValue(record);

    private static IEnumerable<string> List(ModuleView view, object record)
    {
        var width = view.Fields.Max(field => field.Label.Length);
        return view.Fields.Select(field => $"{field.Label.PadRight(width)} : {Text(field, record)}").Append("");
    }

    private static string Text(ViewField field, object record)
    {
        if (field.Script is { } script) return script.Run(property => Read(record, property));
        var value = Read(record, field.Property);
        if (field.Format is { } format) return string.Format(CultureInfo.InvariantCulture, format, value);
        return field.Humanise ? HumanText(field.Property, value) : PlainText(value);
    }

    private static string PlainText(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable items => $"{{{string.Join(", ", items.Cast<object>())}}}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string HumanText(string property, object? value) => value switch
    {
        long bytes when property.Contains("Size", StringComparison.Ordinal) => Size(bytes),
        TimeSpan age when property.EndsWith("Age", StringComparison.Ordinal) => $"{Math.Round(age.TotalSeconds)}s",
        TimeSpan { TotalSeconds: < 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object>()),
        Enum word => word.ToString() is "None" ? "" : word.ToString(),
        _ => PlainText(value),
    };

    private static string Size(long bytes)
    {
        const double KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB;
        return bytes switch
        {
            >= (long)GiB => string.Create(CultureInfo.InvariantCulture, $"{bytes / GiB:0.0} GiB"),
            >= (long)MiB => string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB:0.0} MiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / KiB:0} KiB"),
        };
    }
}
