using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Restores;

/// <summary>What was found on one host before a restore.</summary>
internal sealed record SurveyedHost
{
    /// <summary>The host.</summary>
    public required IHostShell Shell { get; init; }

    /// <summary>How etcd is set up there.</summary>
    public required EtcdConfiguration Configuration { get; init; }

    /// <summary>The components, etcd first.</summary>
    public required IReadOnlyList<ComponentStatus> Components { get; init; }

    /// <summary>The facts of the host.</summary>
    public required MemberFacts Facts { get; init; }

    /// <summary>What its member said, or null where it did not answer.</summary>
    public required StatusResponse? Status { get; init; }

    /// <summary>The members that its member knows; empty where it did not answer.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>etcd.</summary>
    public ComponentStatus Etcd => Components[0];

    /// <summary>What else runs and has to be stopped, in the order of its start.</summary>
    public IReadOnlyList<ComponentStatus> ControlPlane => [.. Components.Skip(1).Where(c => c.State is not (ComponentState.NotFound or ComponentState.Stopped))];

    /// <summary>
    /// The address that its API server makes known, or all that it may choose from; empty where it has none, or where they cannot be told.
    /// </summary>
    public IReadOnlyList<string> ApiServerAddresses => Components.FirstOrDefault(c => c.Component == ClusterComponent.ApiServer) switch
    {
        null or { State: ComponentState.NotFound } => [],
        var server => server.Flag("--advertise-address") is { } told ? [told] : Facts.Addresses,
    };

    /// <summary>The version of its etcd: of the member that answers, of the image, of the program; null where nothing says it.</summary>
    public Version? EtcdVersion => ParseVersion(Status?.Version) ?? ParseVersion(Configuration.Image?.Split(':')[^1]) ?? Facts.Version;

    private static Version? ParseVersion(string? text) =>
        Version.TryParse(text?.TrimStart('v').Split('-', '+')[0], out var version) ? new Version(version.Major, version.Minor) : null;
}

/// <summary>Looks at the hosts of a restore. Changes nothing.</summary>
internal static class RestoreSurvey
{
    // In the order of their start.
    private static readonly ClusterComponent[] Components =
        [ClusterComponent.Etcd, ClusterComponent.ApiServer, ClusterComponent.ControllerManager, ClusterComponent.Scheduler];

    /// <summary>Looks at all hosts at once.</summary>
    /// <param name="hosts">The hosts and how they are reached.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">A host cannot be reached, or has no etcd whose configuration can be read.</exception>
    public static async Task<IReadOnlyList<SurveyedHost>> LookAsync(
        IReadOnlyList<(IHostShell Shell, HostConnection Connection)> hosts, CancellationToken cancellationToken) =>
        await Task.WhenAll(hosts.Select(host => LookAsync(host.Shell, host.Connection, cancellationToken))).ConfigureAwait(false);

    private static async Task<SurveyedHost> LookAsync(IHostShell shell, HostConnection connection, CancellationToken cancellationToken)
    {
        var components = await ComponentFinder.FindAsync(shell, Components, cancellationToken).ConfigureAwait(false);
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, cancellationToken).ConfigureAwait(false);
        RefuseDifference(shell, configuration);
        var program = components[0].CommandLine.FirstOrDefault();
        var facts = await MemberFacts.AskAsync(
            shell, configuration.DataDirectory, configuration.WalDirectory, program, cancellationToken).ConfigureAwait(false);
        var (status, members) = await AskMemberAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
        return new SurveyedHost
        {
            Shell = shell, Configuration = configuration, Components = components, Facts = facts, Status = status, Members = members,
        };
    }

    /// <summary>A member that starts again otherwise than it runs would look for its data elsewhere: the restored ones would not be found.</summary>
    private static void RefuseDifference(IHostShell shell, EtcdConfiguration configuration)
    {
        if (configuration.Difference.Length == 0) return;
        throw new ClusterHealException(
            ErrorIds.EtcdConfigurationDiffers,
            FaultCategory.InvalidOperation,
            $"The etcd on {shell.HostName} does not run as its files say: {string.Join(' ', configuration.Difference)} Nothing was changed.",
            shell.HostName,
            "Correct the unit or its files, or restart that etcd so that it runs with them, and look with Get-EtcdConfiguration.");
    }

    // A restore is mostly for clusters that do not answer, so silence is a finding and no failure.
    private static async Task<(StatusResponse? Status, IReadOnlyList<Member> Members)> AskMemberAsync(
        IHostShell shell, EtcdConfiguration configuration, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
            using var tls = connection.Tls;
            using var client = connection.Open(connection.Endpoints[0]);
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            var list = await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false);
            return (status, list.Members);
        }
        catch (ClusterHealException)
        {
            return (null, []);
        }
    }
}
