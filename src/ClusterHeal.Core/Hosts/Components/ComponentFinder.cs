namespace ClusterHeal.Hosts;

/// <summary>Finds out how components are run on a host, and whether they run. One script finds all of them.</summary>
public static class ComponentFinder
{
    /// <summary>Looks at some components of a host.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="components">What to look for.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>One status for each, in the order asked. A component that the host does not have is in the state <see cref="ComponentState.NotFound"/>.</returns>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<IReadOnlyList<ComponentStatus>> FindAsync(
        IHostShell shell, IReadOnlyList<ClusterComponent> components, CancellationToken cancellationToken)
    {
        var definitions = components.Select(ComponentDefinition.Of).ToArray();
        string[] kubelet =
        [
            string.Join(' ', Distributions.UnitsOf(ClusterComponent.Kubelet)),
            string.Join(' ', Distributions.Of(distribution => distribution.ManifestFolder)),
        ];
        var arguments = definitions.Distinct().SelectMany(d => new[] { d.Key, string.Join(' ', d.ProcessNames), string.Join(' ', d.UnitNames) });
        var script = new HostScript(HostScript.Text("find-components"), [.. kubelet, .. arguments]) { Purpose = "look for components" };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        var facts = ComponentFacts.Parse(result.Text);
        return [.. definitions.Select(definition => ComponentVerdict.Of(shell.HostName, definition, facts))];
    }

    /// <summary>Looks at one component of a host.</summary>
    /// <inheritdoc cref="FindAsync(IHostShell, IReadOnlyList{ClusterComponent}, CancellationToken)"/>
    public static async Task<ComponentStatus> FindAsync(IHostShell shell, ClusterComponent component, CancellationToken cancellationToken) =>
        (await FindAsync(shell, [component], cancellationToken).ConfigureAwait(false))[0];
}
