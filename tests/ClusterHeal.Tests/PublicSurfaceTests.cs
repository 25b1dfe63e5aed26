using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ClusterHeal.Tests;

/// <summary>
/// What scripts rely on (cmdlets with their parameters, and the types that they hold) changes only on purpose, and the change is
/// told in CHANGELOG.md.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void It_is_as_approved() => Approved.Check(Describe(), afterLine: null, "tests", "ClusterHeal.Tests", "PublicSurface.approved.txt");

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var command in CompiledCmdlets.All)
        {
            text.Append(command.Name).Append('\n');
            foreach (var parameter in command.Parameters) text.Append($"    -{parameter.Name} <{parameter.TypeName}>\n");
        }

        foreach (var type in typeof(ClusterHealException).Assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append($"[{type.FullName}]\n");
            foreach (var member in Members(type).Order(StringComparer.Ordinal)) text.Append($"    {member}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum) return Enum.GetNames(type).Select((name, i) => $"{name} = {Enum.GetValuesAsUnderlyingType(type).GetValue(i)}");
        var constants = type.GetFields(Own).Select(f => $"{f.Name} = {f.GetRawConstantValue()}");
        var properties = type.GetProperties(Own).Select(p => $"{Name(p.PropertyType)} {p.Name}");
        var methods = type.GetMethods(Own)
            .Where(m => !m.IsSpecialName && !m.IsDefined(typeof(CompilerGeneratedAttribute)) && m.GetBaseDefinition() == m)
            .Select(m => $"{Name(m.ReturnType)} {m.Name}({string.Join(", ", m.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"))})");
        return constants.Concat(properties).Concat(methods);
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (!type.IsGenericType) return type.Name;
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
