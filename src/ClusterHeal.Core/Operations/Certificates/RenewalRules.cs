namespace ClusterHeal.Operations.Certificates;

/// <summary>Refuses what would fail, before anything is changed. All faults are reported at once.</summary>
internal static class RenewalRules
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>The results from all hosts. Every host has to answer.</summary>
    /// <exception cref="ClusterHealException">One does not.</exception>
    public static async Task<T[]> RequireAllAsync<T>(Task<T>[] looks)
    {
        try
        {
            return await Task.WhenAll(looks).ConfigureAwait(false);
        }
        catch (ClusterHealException first) when (looks.All(look => look.Exception?.InnerException is null or ClusterHealException))
        {
            var faults = looks.Select(look => look.Exception?.InnerException).OfType<ClusterHealException>().ToArray();
            throw new ClusterHealException(
                first.ErrorId,
                first.Category,
                $"{string.Join(' ', faults.Select(fault => fault.Message))} Nothing was touched.",
                first.Target,
                faults.OfType<HostShellException>().Any()
                    ? "Bring the host back, or name the other hosts alone with -HostName; its certificates are renewed by the same command when it is back."
                    : first.Remedy,
                first);
        }
    }

    /// <summary>What is wrong with the hosts, each as a sentence.</summary>
    public static IEnumerable<string> OfHosts(IReadOnlyList<RenewalHostGround> hosts)
    {
        foreach (var host in hosts)
        {
            var name = host.Shell.HostName;
            foreach (var fault in host.Faults) yield return fault;
            if (host.ControlPlane.Count == 0) yield return $"{name}: it has no component of a control plane.";
            // Whether a certificate has expired depends on the clock of the one who checks.
            if (host.ClockAhead.Duration() > ClockTolerance)
                yield return $"{name}: its clock is {TimeChecks.Left(host.ClockAhead.Duration())} {(host.ClockAhead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's. Set them right first.";
        }
    }

    /// <summary>Checks all.</summary>
    /// <param name="ground">The state before.</param>
    /// <param name="faults">Faults that were found before, each as a sentence.</param>
    /// <exception cref="ClusterHealException">Something is wrong.</exception>
    public static void Check(RenewalGround ground, IReadOnlyList<string> faults)
    {
        string[] all = [.. faults, .. OfComponents(ground)];
        if (all.Length > 0) throw Refused(all[0].Split(':')[0], string.Join(' ', all), RemedyOf(all));
    }

    public static ClusterHealException Refused(string target, string why, string remedy) =>
        new(ErrorIds.CertificateRenewalRefused, FaultCategory.InvalidOperation, $"{why} Nothing was touched.", target, remedy);

    private static IEnumerable<string> OfComponents(RenewalGround ground)
    {
        foreach (var host in ground.Hosts)
        {
            // Its host may start it at any time, with only one of the two files new.
            foreach (var stopped in host.ControlPlane.Where(component => component.StoppedBy is not null))
            {
                yield return $"{host.Shell.HostName}: its {stopped.Component} was stopped by the operation {stopped.StoppedBy}. "
                    + $"Start-ControlPlaneComponent {stopped.Component} -HostName {host.Shell.HostName} brings it back.";
            }
        }

        foreach (var group in ground.Groups.Where(group => group.Component is not null))
        {
            var name = group.Host.Shell.HostName;
            if (group.Component!.Mechanism == ComponentMechanism.StaticPod && group.Host.Kubelet.State != ComponentState.Running)
                yield return $"{name}: its kubelet does not run, and without it no static pod is restarted. Start-NodeComponent Kubelet -HostName {name} starts it.";
        }
    }

    private static string RemedyOf(string[] faults) => faults.Any(fault => fault.Contains("cannot be renewed here", StringComparison.Ordinal))
        ? "Lay the key of the authority beside its certificate on one of the hosts, or have those certificates signed by whoever has it and lay them in place. Then run it again for the others."
        : "Fix what is named, and run it again.";
}
