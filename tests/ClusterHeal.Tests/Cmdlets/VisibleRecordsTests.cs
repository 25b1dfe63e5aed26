using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using ClusterHeal.Cmdlets;
using ClusterHeal.Internal;

namespace ClusterHeal.Tests.Cmdlets;

/// <summary>Objects that cmdlets put out, with escape sequences in all their texts.</summary>
public sealed class VisibleRecordsTests
{
    private const string Steering = "a\u001b[31mb";
    private const string Shown = @"a\u001b[31mb";

    public static TheoryData<Type> OutputTypes =>
    [
        // The attribute of the reference assembly forgets its arguments; its metadata does not.
        .. typeof(ModuleLifecycle).Assembly.GetExportedTypes().SelectMany(cmdlet => cmdlet.GetCustomAttributesData())
            .Where(attribute => attribute.AttributeType == typeof(OutputTypeAttribute))
            .SelectMany(attribute => (IReadOnlyCollection<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
            .Select(argument => argument.Value).OfType<Type>()
            .Where(type => type.Assembly == typeof(VisibleText).Assembly && !type.IsEnum).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void No_text_of_an_object_steers_a_terminal(Type type)
    {
        var hostile = Fill(type);
        Assert.Contains(Steering, Texts(hostile));
        var shown = Texts(new VisibleRecords().Of(hostile)).ToList();
        Assert.Contains(shown, text => text.Contains(Shown, StringComparison.Ordinal));
        Assert.DoesNotContain(shown, text => text.Contains('\u001b', StringComparison.Ordinal));
    }

    [Fact]
    public void The_object_that_the_engine_made_is_left_as_it_is()
    {
        var member = (EtcdMember)Fill(typeof(EtcdMember));
        var shown = (EtcdMember)new VisibleRecords().Of(member);
        Assert.Equal(Steering, member.Name);
        Assert.Equal(Shown, shown.Name);
    }

    [Fact]
    public void An_object_without_such_text_is_put_out_itself()
    {
        var check = new CheckResult { Name = "n", Target = "two\r\nlines\t", Status = CheckStatus.Pass, Message = "m", Evidence = ["e", "f"] };
        Assert.Same(check, new VisibleRecords().Of(check));
    }

    private static object Fill(Type type)
    {
        var record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            if (ValueFor(property.PropertyType) is { } value) property.SetValue(record, value);
        }
        return record;
    }

    private static object? ValueFor(Type type)
    {
        if (type == typeof(string)) return Steering;
        if (type == typeof(IReadOnlyDictionary<string, string>)) return new Dictionary<string, string> { ["k"] = Steering };
        if (type == typeof(Version)) return new Version(3, 5);
        if (type.IsValueType || type.Assembly != typeof(VisibleText).Assembly && !type.IsArray && !type.IsGenericType) return null;
        var element = type.IsArray ? type.GetElementType() : type.IsGenericType ? type.GetGenericArguments()[0] : null;
        if (element is null) return Fill(type);
        var list = Array.CreateInstance(element, 1);
        list.SetValue(ValueFor(element), 0);
        return type.IsArray ? list : Activator.CreateInstance(type, list);
    }

    private static IEnumerable<string> Texts(object? value) => value switch
    {
        null => [],
        string text => [text],
        IReadOnlyDictionary<string, string> texts => texts.Values,
        IEnumerable items => items.Cast<object?>().SelectMany(Texts),
        _ when value.GetType().Assembly == typeof(VisibleText).Assembly && !value.GetType().IsEnum =>
            value.GetType().GetProperties().SelectMany(p => Texts(p.GetValue(value))).Append(value.ToString()!),
        _ => [],
    };
}
