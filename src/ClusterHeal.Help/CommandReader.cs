using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace ClusterHeal.Help;

/// <summary>
/// Reads the cmdlets of an assembly. Their attributes are read as data and not as objects: the reference assembly of
/// PowerShell, all that there is at build time, has attributes that forget what they are told.
/// </summary>
internal static class CommandReader
{
    private static readonly CommandParameter[] ShouldProcessParameters =
    [
        new("WhatIf", "SwitchParameter", IsSwitch: true, TakesWildcards: false, ["wi"], "False", [Everywhere]),
        new("Confirm", "SwitchParameter", IsSwitch: true, TakesWildcards: false, ["cf"], "False", [Everywhere]),
    ];

    private static ParameterUse Everywhere => new(Command.AllSets, Mandatory: false, Position: null, ByValue: false, ByPropertyName: false);

    /// <summary>All cmdlets of the assembly, by name.</summary>
    public static IReadOnlyList<Command> Read(string assemblyPath) => Read(Assembly.LoadFrom(Path.GetFullPath(assemblyPath)));

    /// <inheritdoc cref="Read(string)"/>
    public static IReadOnlyList<Command> Read(Assembly assembly) =>
        [.. assembly.GetExportedTypes().Where(IsCmdlet).Select(Read).OrderBy(c => c.Name, StringComparer.Ordinal)];

    private static bool IsCmdlet(Type type) => !type.IsAbstract && Data<CmdletAttribute>(type).Any();

    private static Command Read(Type type)
    {
        var cmdlet = Data<CmdletAttribute>(type).Single();
        var instance = Activator.CreateInstance(type)!;
        var changes = Named(cmdlet, nameof(CmdletAttribute.SupportsShouldProcess), false);
        var parameters = type.GetProperties().Where(p => Data<ParameterAttribute>(p).Any()).Select(p => Read(p, instance));
        return new Command(
            (string)cmdlet.ConstructorArguments[0].Value!,
            (string)cmdlet.ConstructorArguments[1].Value!,
            Named<string?>(cmdlet, nameof(CmdletAttribute.DefaultParameterSetName), null),
            changes,
            [.. parameters, .. changes ? ShouldProcessParameters : []]);
    }

    private static CommandParameter Read(PropertyInfo property, object instance) => new(
        property.Name,
        TypeName(property.PropertyType),
        property.PropertyType == typeof(SwitchParameter),
        Data<SupportsWildcardsAttribute>(property).Any(),
        [.. Data<AliasAttribute>(property).SelectMany(a => Strings(a.ConstructorArguments[0]))],
        DefaultValue(property.GetValue(instance)),
        [.. Data<ParameterAttribute>(property).Select(ReadUse)]);

    private static ParameterUse ReadUse(CustomAttributeData parameter) => new(
        Named(parameter, nameof(ParameterAttribute.ParameterSetName), Command.AllSets),
        Named(parameter, nameof(ParameterAttribute.Mandatory), false),
        Named<int?>(parameter, nameof(ParameterAttribute.Position), null),
        Named(parameter, nameof(ParameterAttribute.ValueFromPipeline), false),
        Named(parameter, nameof(ParameterAttribute.ValueFromPipelineByPropertyName), false));

    private static string TypeName(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return TypeName(value);
        return type.Name;
    }

    private static string DefaultValue(object? value) => value switch
    {
        null or "" or SwitchParameter or PSCredential => "None",
        ICollection { Count: 0 } => "None",
        IEnumerable many and not string => string.Join(", ", many.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<CustomAttributeData> Data<T>(MemberInfo member) =>
        Inherited(member).SelectMany(m => m.GetCustomAttributesData()).Where(a => a.AttributeType == typeof(T));

    /// <summary>The member and, for an overridden property, what it overrides: attributes as data are not inherited.</summary>
    private static IEnumerable<MemberInfo> Inherited(MemberInfo member)
    {
        yield return member;
        if (member is not PropertyInfo { GetMethod: { } getter }) yield break;
        var declaring = getter.GetBaseDefinition().DeclaringType!;
        if (declaring != member.DeclaringType) yield return declaring.GetProperty(member.Name)!;
    }

    private static T Named<T>(CustomAttributeData attribute, string name, T otherwise)
    {
        var argument = attribute.NamedArguments.FirstOrDefault(a => a.MemberName == name);
        return argument.MemberInfo is null ? otherwise : (T)argument.TypedValue.Value!;
    }

    private static IEnumerable<string> Strings(CustomAttributeTypedArgument argument) =>
        ((IEnumerable<CustomAttributeTypedArgument>)argument.Value!).Select(a => (string)a.Value!);
}
