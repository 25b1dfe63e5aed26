using ClusterHeal.Help;
using ClusterHeal.Internal;

namespace ClusterHeal.Tests;

/// <summary>The compiled cmdlets, as their attributes describe them.</summary>
internal static class CompiledCmdlets
{
    public static IReadOnlyList<Command> All { get; } = CommandReader.Read(typeof(ModuleLifecycle).Assembly);
}
