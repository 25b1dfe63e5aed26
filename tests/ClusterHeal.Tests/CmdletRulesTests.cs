using System.Management.Automation;
using System.Reflection;
using ClusterHeal.Internal;

namespace ClusterHeal.Tests;

/// <summary>What an administrator may rely on in every cmdlet of the module.</summary>
public sealed class CmdletRulesTests
{
    private static readonly HashSet<string> ApprovedVerbs =
    [
        .. typeof(VerbsCommon).Assembly.GetExportedTypes()
            .Where(t => t.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(f => (string)f.GetRawConstantValue()!),
    ];

    // Design: what can do harm is High, what is easily undone is Medium, what only adds is Low.
    private static readonly Dictionary<string, ConfirmImpact> Impacts = new()
    {
        ["Save-EtcdSnapshot"] = ConfirmImpact.Low,
        ["Export-EtcdSnapshotObject"] = ConfirmImpact.Low,
        ["Export-ClusterReport"] = ConfirmImpact.Low,
        ["Restore-EtcdSnapshot"] = ConfirmImpact.High,
        ["Restore-ClusterObject"] = ConfirmImpact.High,
        ["Undo-EtcdRestore"] = ConfirmImpact.High,
        ["Repair-Cluster"] = ConfirmImpact.High,
        ["Repair-EtcdMember"] = ConfirmImpact.High,
        ["Update-ControlPlaneCertificate"] = ConfirmImpact.High,
        ["Undo-EtcdMemberRepair"] = ConfirmImpact.High,
        ["Optimize-EtcdMember"] = ConfirmImpact.High,
        ["Clear-EtcdAlarm"] = ConfirmImpact.High,
        ["Invoke-NodeDrain"] = ConfirmImpact.High,
        ["Invoke-FailureDrill"] = ConfirmImpact.High,
        ["Stop-NodeComponent"] = ConfirmImpact.High,
        ["Restart-NodeComponent"] = ConfirmImpact.High,
        ["Stop-ControlPlaneComponent"] = ConfirmImpact.High,
        ["Restart-ControlPlaneComponent"] = ConfirmImpact.High,
    };

    [Fact]
    public void Verbs_are_approved_and_nouns_are_singular() => Assert.All(CompiledCmdlets.All, command =>
    {
        Assert.Contains(command.Verb, ApprovedVerbs);
        Assert.True(command.Noun.EndsWith("Status", StringComparison.Ordinal) || !command.Noun.EndsWith('s'));
    });

    [Fact]
    public void Each_says_what_it_puts_out() =>
        Assert.All(CompiledCmdlets.All, command => Assert.NotEmpty(Attributes(command.Name, nameof(OutputTypeAttribute))));

    [Fact]
    public void Each_can_be_planned_and_forced_exactly_if_it_changes_something() => Assert.All(CompiledCmdlets.All, command =>
    {
        var onlyLooks = command.Verb is "Get" or "Compare" or "Test" or "Wait" or "Connect" or "Disconnect";
        Assert.Equal(!onlyLooks, command.SupportsShouldProcess);
        Assert.Equal(!onlyLooks, command.Parameters.Any(p => p.Name == "Force"));
    });

    [Fact]
    public void Each_asks_as_loudly_as_the_design_wants() => Assert.All(CompiledCmdlets.All.Where(c => c.SupportsShouldProcess), command =>
    {
        var cmdlet = Attributes(command.Name, nameof(CmdletAttribute)).Single();
        var impact = cmdlet.NamedArguments.FirstOrDefault(a => a.MemberName == nameof(CmdletAttribute.ConfirmImpact));
        var actual = impact.MemberInfo is null ? ConfirmImpact.Medium : (ConfirmImpact)impact.TypedValue.Value!;
        Assert.Equal(Impacts.GetValueOrDefault(command.Name, ConfirmImpact.Medium), actual);
    });

    [Fact]
    public void Each_test_can_answer_with_a_Boolean() => Assert.All(
        CompiledCmdlets.All.Where(c => c.Verb == "Test"),
        command => Assert.Contains(command.Parameters, p => p.Name == "Quiet"));

    [Fact]
    public void No_type_of_the_private_context_is_in_a_signature() => Assert.All(CompiledCmdlets.All, command =>
    {
        var types = TypeOf(command.Name).GetProperties().Select(p => p.PropertyType)
            .Concat(Attributes(command.Name, nameof(OutputTypeAttribute)).SelectMany(TypesIn));
        Assert.DoesNotContain(types, t => t.Assembly.GetName().Name is "ClusterHeal.Core" or "Google.Protobuf" or "YamlDotNet");
    });

    private static Type TypeOf(string name) =>
        typeof(ModuleLifecycle).Assembly.GetExportedTypes().Single(t => $"{name.Replace("-", "", StringComparison.Ordinal)}Command" == t.Name);

    private static IEnumerable<CustomAttributeData> Attributes(string name, string attribute) =>
        TypeOf(name).GetCustomAttributesData().Where(a => a.AttributeType.Name == attribute);

    private static IEnumerable<Type> TypesIn(CustomAttributeData outputType) => outputType.ConstructorArguments
        .SelectMany(a => a.Value is IEnumerable<CustomAttributeTypedArgument> many ? many : [a])
        .Select(a => a.Value)
        .OfType<Type>();
}
