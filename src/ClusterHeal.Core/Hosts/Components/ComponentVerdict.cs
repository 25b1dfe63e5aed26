using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClusterHeal.Hosts;

/// <summary>Decides from a host's facts how a component is run there, and what it does.</summary>
internal static partial class ComponentVerdict
{
    /// <summary>
    /// The status. First choice is a unit that runs the component's process, then a manifest, then a manifest that ClusterHeal moved aside, and last
    /// a unit that does not run: kubeadm hosts often have an unused <c>etcd.service</c> from the package with <c>etcdctl</c>.
    /// </summary>
    public static ComponentStatus Of(string hostName, ComponentDefinition definition, ComponentFacts facts)
    {
        var section = facts.Sections.GetValueOrDefault(definition.Key) ?? new ComponentFacts.Section();
        var stopped = facts.Stopped.FirstOrDefault(record => record.Key == definition.Key);
        var units = OwnUnits(definition, section, facts.RuntimeEndpoint);
        var active = units.FirstOrDefault(unit => unit.IsActive);
        var manifest = section.Manifests.FirstOrDefault() ?? (stopped?.ParkedPath.Length > 0 ? stopped.Source : null);

        var status = new ComponentStatus { HostName = hostName, Component = definition.Component, State = ComponentState.NotFound };
        if (active is null && manifest is not null) status = OfPod(status, manifest, section, facts);
        else if ((active ?? units.FirstOrDefault()) is { } unit) status = OfUnit(status, unit, section);

        var port = Port(definition, status);
        return status with
        {
            Port = port,
            IsListening = port is { } number && facts.IsOpen(number, section.Processes.FirstOrDefault(process => process.Id == status.ProcessId)),
            ParkedPath = stopped is { ParkedPath.Length: > 0 } ? stopped.ParkedPath : null,
            StoppedBy = stopped?.OperationId,
            HealsAt = stopped?.HealsAt,
            HealTimer = stopped is { Timer.Length: > 0 } ? stopped.Timer : null,
            DependentUnit = stopped is { DependentUnits.Length: > 0 } ? stopped.DependentUnits : status.DependentUnit,
            Since = status.State == ComponentState.Stopped ? status.Since ?? stopped?.StoppedAt : status.Since,
        };
    }

    // A unit is the component's if its name or its main process is.
    private static List<SystemdUnit> OwnUnits(ComponentDefinition definition, ComponentFacts.Section section, string runtimeEndpoint)
    {
        var own = section.Units
            .Where(unit => definition.UnitNames.Contains(unit.Name) || section.Processes.Any(process => process.Id == unit.MainProcess))
            .DistinctBy(unit => unit.Name);
        if (definition.Component != ClusterComponent.ContainerRuntime || runtimeEndpoint.Length == 0) return [.. own];
        // unix:///run/containerd/containerd.sock, unix:///var/run/crio/crio.sock, unix:///run/cri-dockerd.sock
        var wanted = runtimeEndpoint.Contains("docker", StringComparison.Ordinal) ? "docker" : runtimeEndpoint.Contains("crio", StringComparison.Ordinal) ? "crio" : "containerd";
        return [.. own.OrderByDescending(unit => unit.Name.StartsWith(wanted, StringComparison.Ordinal))];
    }

    private static ComponentStatus OfUnit(ComponentStatus status, SystemdUnit unit, ComponentFacts.Section section) => status with
    {
        State = unit.State,
        Mechanism = ComponentMechanism.SystemdUnit,
        UnitName = unit.Name,
        ProcessId = unit.MainProcess,
        Since = unit.Since,
        RestartCount = unit.RestartCount,
        ExitCode = unit.ExitCode,
        ExitReason = unit.ExitReason,
        IsEnabled = unit.IsEnabled,
        CommandLine = section.Processes.FirstOrDefault(process => process.Id == unit.MainProcess)?.CommandLine ?? unit.CommandLine,
        DependentUnit = unit.Dependents,
    };

    private static ComponentStatus OfPod(ComponentStatus status, string manifest, ComponentFacts.Section section, ComponentFacts facts)
    {
        var process = section.Processes.FirstOrDefault(process => process.IsPod);
        var isParked = section.Manifests.Count == 0;
        return status with
        {
            State = process is not null
                ? isParked ? ComponentState.Stopping : ComponentState.Running
                : isParked ? ComponentState.Stopped : ComponentState.Starting,
            Mechanism = ComponentMechanism.StaticPod,
            ManifestPath = manifest,
            ContainerId = process is null ? null : ContainerInCgroup().Match(process.Cgroup) is { Success: true } match ? match.Value : null,
            ProcessId = process?.Id,
            Since = process is null ? null : facts.StartTime(process.StartTicks),
            RestartCount = Attempts(section.Containers),
            IsEnabled = !isParked,
            CommandLine = process?.CommandLine ?? [],
        };
    }

    private static int? Port(ComponentDefinition definition, ComponentStatus status)
    {
        if (definition.PortFlag is null || status.State == ComponentState.NotFound) return null;
        var value = status.Flag(definition.PortFlag)?.Split(',')[0];
        if (value is null) return definition.DefaultPort;
        return int.TryParse(value[(value.LastIndexOf(':') + 1)..].TrimEnd('/'), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : definition.DefaultPort;
    }

    // A pod of the API has a UUID as its ID, and may have a container of that name, too. A static pod's ID is a hash without hyphens.
    private static string PodId(JsonElement container) =>
        container.TryGetProperty("labels", out var labels) && labels.TryGetProperty("io.kubernetes.pod.uid", out var id) ? id.GetString() ?? "" : "";

    // crictl's "attempt" of the newest container says how often the kubelet has restarted it.
    private static int? Attempts(List<string> answers)
    {
        try
        {
            var attempts =
                from answer in answers
                where answer.Length > 0
                from container in JsonDocument.Parse(answer).RootElement.GetProperty("containers").EnumerateArray()
                where !PodId(container).Contains('-', StringComparison.Ordinal)
                select container.GetProperty("metadata").TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0;
            return attempts.Select(attempt => (int?)attempt).Max();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex ContainerInCgroup();
}
