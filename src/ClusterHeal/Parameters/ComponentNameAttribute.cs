using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Accepts components also by the names of their programs: <c>kube-apiserver</c> is <c>ApiServer</c>, <c>containerd</c> is <c>ContainerRuntime</c>.
/// </summary>
/// <param name="allowed">The components that the parameter accepts.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ComponentNameAttribute(params ClusterComponent[] allowed) : ArgumentTransformationAttribute
{
    /// <summary>The components that the parameter accepts.</summary>
    public IReadOnlyList<ClusterComponent> Allowed => allowed;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (NameListAttribute.Texts(inputData) is not { Count: > 0 } texts) return inputData;
        return (NameListAttribute.Split(inputData) ?? texts).Select(Component).ToArray();
    }

    private ClusterComponent Component(string name)
    {
        var word = name.Trim().ToLowerInvariant();
        if (word.StartsWith("kube-", StringComparison.Ordinal)) word = word["kube-".Length..];
        word = word.Replace("-", "", StringComparison.Ordinal);
        if (word is "containerd" or "crio" or "docker" or "dockerd") word = "containerruntime";
        foreach (var component in allowed)
        {
            if (component.ToString().Equals(word, StringComparison.OrdinalIgnoreCase)) return component;
        }

        throw new ArgumentTransformationMetadataException(
            $"'{name}' is no component that can be named here. These can: {string.Join(", ", allowed.Select(Described))}.");
    }

    private static string Described(ClusterComponent component) => component switch
    {
        ClusterComponent.ApiServer => "ApiServer (kube-apiserver)",
        ClusterComponent.Scheduler => "Scheduler (kube-scheduler)",
        ClusterComponent.ControllerManager => "ControllerManager (kube-controller-manager)",
        ClusterComponent.ContainerRuntime => "ContainerRuntime (containerd, crio, docker)",
        _ => $"{component}",
    };
}
