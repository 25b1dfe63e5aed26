using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Restores;

/// <summary>The state of one host before a restore.</summary>
internal sealed record SurveyedHost
{
    public required IHostShell Shell { get; init; }

    /// <summary>How etcd is set up there.</summary>
    public required EtcdConfiguration Configuration { get; init; }

    /// <summary>The components, etcd first.</summary>
    public required IReadOnlyList<ComponentStatus> Components { get; init; }

    public required MemberFacts Facts { get; init; }

    /// <summary>Whether its member answers, or is dead, and how the host can ask it.</summary>
    public required MemberVerdict Member { get; init; }

    /// <summary>What its member said, or null if it did not answer.</summary>
    public StatusResponse? Status => Member.Status;

    /// <summary>The members that its member knows; empty if it did not answer.</summary>
    public IReadOnlyList<Member> Members => Member.Members;

    public ComponentStatus Etcd => Components[0];

    /// <summary>What else runs and has to be stopped, in the order of its start.</summary>
    public IReadOnlyList<ComponentStatus> ControlPlane => [.. Components.Skip(1).Where(c => c.State is not (ComponentState.NotFound or ComponentState.Stopped))];

    /// <summary>The address that its API server advertises, or all that it may choose from; empty if it has none, or if they are not known.</summary>
    public IReadOnlyList<string> ApiServerAddresses => Components.FirstOrDefault(c => c.Component == ClusterComponent.ApiServer) switch
    {
        null or { State: ComponentState.NotFound } => [],
        var server => server.Flag("--advertise-address") is { } told ? [told] : Facts.Addresses,
    };

    /// <summary>The version of its etcd: from the member that answers, from the image, or from the unit's program; null if none of them says it.</summary>
    public Version? EtcdVersion => EtcdVersions.ParseMinor(Status?.Version) ?? EtcdVersions.ParseMinor(Configuration.Image?.Split(':')[^1]) ?? Facts.Version;
}

/// <summary>Examines the hosts of a restore. Changes nothing.</summary>
internal static class RestoreSurvey
{
    /// <summary>Examines all hosts at once.</summary>
    /// <param name="hosts">The hosts and how they are reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">A host cannot be reached, or has no etcd whose configuration can be read.</exception>
    public static async Task<IReadOnlyList<SurveyedHost>> LookAsync(
        IReadOnlyList<(IHostShell Shell, HostConnection Connection)> hosts, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(hosts.Select(host => FindAsync(host.Shell, host.Connection, cancellationToken))).ConfigureAwait(false);
        foreach (var host in found) RefuseDifference(host);
        return await Task.WhenAll(found.Select(async host =>
        {
            var others = found.Where(other => other != host).Select(other => other.Configuration).ToArray();
            var member = await MemberVerdict.FindAsync(
                host.Shell, host.Components[0], host.Configuration, others, time, cancellationToken).ConfigureAwait(false);
            return new SurveyedHost
            {
                Shell = host.Shell, Configuration = host.Configuration, Components = host.Components, Facts = host.Facts, Member = member,
            };
        })).ConfigureAwait(false);
    }

    /// <summary>Examines one host, without its member.</summary>
    /// <exception cref="ClusterHealException">It cannot be reached, or has no etcd whose configuration can be read.</exception>
    public static async Task<FoundHost> FindAsync(IHostShell shell, HostConnection connection, CancellationToken cancellationToken)
    {
        var components = await ComponentFinder.FindAsync(shell, ComponentDefinition.ControlPlane, cancellationToken).ConfigureAwait(false);
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, cancellationToken).ConfigureAwait(false);
        var facts = await MemberFacts.AskAsync(shell, configuration, components[0], cancellationToken).ConfigureAwait(false);
        // A named log folder that is the default one moves with its folder.
        if (facts.WalPlace == WalPlace.Default) configuration = configuration with { WalDirectory = null };
        return new FoundHost(shell, components, configuration, facts);
    }

    /// <summary>If a member will start in another way than it runs now, it would look for its data elsewhere, and not find the restored data.</summary>
    public static void RefuseDifference(FoundHost host)
    {
        if (host.Configuration.Difference.Length == 0) return;
        throw new ClusterHealException(
            ErrorIds.EtcdConfigurationDiffers,
            FaultCategory.InvalidOperation,
            $"The etcd on {host.Shell.HostName} does not run as its files say: {string.Join(' ', host.Configuration.Difference)} Nothing was changed.",
            host.Shell.HostName,
            "Correct the unit or its files, or restart that etcd so that it runs with them, and look with Get-EtcdConfiguration.");
    }
}

/// <summary>A host with etcd, as it is set up.</summary>
/// <param name="Shell">The host.</param>
/// <param name="Components">The components, etcd first.</param>
/// <param name="Configuration">How etcd is set up there.</param>
/// <param name="Facts">The facts of the host.</param>
internal sealed record FoundHost(IHostShell Shell, IReadOnlyList<ComponentStatus> Components, EtcdConfiguration Configuration, MemberFacts Facts)
{
    public ComponentStatus Etcd => Components[0];

    /// <summary>The API server, if there is one.</summary>
    public ComponentStatus? ApiServer => Components.FirstOrDefault(c => c.Component == ClusterComponent.ApiServer && c.State != ComponentState.NotFound);
}
