using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// What is known about a member before a restore: it answers this machine and its own host, or it is proven dead. Anything in between is an
/// objection: a restore stops nothing that it cannot talk to. docs/design/0024 has the reasons.
/// </summary>
/// <param name="Status">What it said, or null.</param>
/// <param name="Members">The members that it knows; empty if it did not answer.</param>
/// <param name="HealthEndpoints">The endpoints at which its host can ask it for its health.</param>
/// <param name="Peers">For each of the other members, the cluster ID that it gave this host as a peer; null if it did not answer.</param>
/// <param name="Objection">Why nothing may be stopped there, as sentences; null if it may.</param>
internal sealed record MemberVerdict(
    StatusResponse? Status, IReadOnlyList<Member> Members, IReadOnlyList<string> HealthEndpoints, IReadOnlyList<string?> Peers, string? Objection)
{
    // A member that crashes at each start lives for moments. One that is just starting answers soon.
    private const int Attempts = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Asks a member, from here and from its host, until its state is clear, or for some seconds.</summary>
    /// <param name="shell">Its host.</param>
    /// <param name="etcd">How etcd is run there.</param>
    /// <param name="configuration">How it is set up there.</param>
    /// <param name="others">How the other members of the restore are set up.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<MemberVerdict> FindAsync(
        IHostShell shell,
        ComponentStatus etcd,
        EtcdConfiguration configuration,
        IReadOnlyList<EtcdConfiguration> others,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var endpoints = MemberEndpoints.ToHealth(configuration);
        string[] peers = [MemberEndpoints.ToPeer(configuration, configuration), .. others.Select(other => MemberEndpoints.ToPeer(configuration, other))];
        for (var attempt = 1; ; attempt++)
        {
            var (status, members, fault) = await AskAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
            var answers = await MemberAnswers.AskAsync(shell, endpoints, peers, cancellationToken).ConfigureAwait(false);
            if (status is not null) return Living(shell.HostName, status, members, answers);
            if (WhyNotDead(etcd, answers) is not { } life) return await DeadAsync(shell, configuration, answers, time, cancellationToken).ConfigureAwait(false);
            // Only one that takes no connections may be about to start, or between two crashes.
            if (attempt == Attempts || !answers.AllRefused) return new MemberVerdict(null, [], [], [], NeitherNor(shell.HostName, life, fault!));
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            etcd = await ComponentFinder.FindAsync(shell, ClusterComponent.Etcd, cancellationToken).ConfigureAwait(false);
        }
    }

    private static MemberVerdict Living(string hostName, StatusResponse status, IReadOnlyList<Member> members, MemberAnswers answers)
    {
        var objection = answers.Answered.Count == 0
            ? $"{hostName}: its member answers from here, and not the host itself, which could then not tell whether it serves ({Words(answers)})."
            : answers.Peers[0] is null
                ? $"{hostName}: its member does not answer the host as a peer at its first initial-advertise-peer-url, by which hosts find out "
                    + "alone what the others run on. Check peer-trusted-ca-file, peer-cert-file and peer-key-file."
                : null;
        return new MemberVerdict(status, members, answers.Answered, [.. answers.Peers.Skip(1)], objection);
    }

    private static async Task<MemberVerdict> DeadAsync(
        IHostShell shell, EtcdConfiguration configuration, MemberAnswers answers, TimeProvider time, CancellationToken cancellationToken)
    {
        // curl found all its files and reached the closed port. The rest of the connection is checked here.
        var reasons = new List<string>();
        var good = new List<string>();
        foreach (var answer in answers.Health)
        {
            var objection = answer.Said != "refused"
                ? answer.ToString()
                : await DeadMemberEndpoint.FindFaultAsync(shell, configuration, answer.Endpoint, time, cancellationToken).ConfigureAwait(false);
            if (objection is null) good.Add(answer.Endpoint);
            else reasons.Add(objection);
        }

        return new MemberVerdict(null, [], good, [.. answers.Peers.Skip(1)], good.Count > 0 ? null
            : $"{shell.HostName}: its etcd is dead, and there is no endpoint at which the host could ask it once it runs ({string.Join("; ", reasons)}).");
    }

    // Only the host itself can say that a member is dead. A failed question proves nothing.
    private static string? WhyNotDead(ComponentStatus etcd, MemberAnswers answers)
    {
        if (etcd.ProcessId is { } id) return string.Create(CultureInfo.InvariantCulture, $"its process {id} runs");
        if (etcd.State is ComponentState.Running or ComponentState.Stopping) return $"it is {etcd.State}";
        if (etcd.IsListening) return string.Create(CultureInfo.InvariantCulture, $"something listens on its port {etcd.Port}");
        return answers.Health.Any(answer => answer.IsAnswer || answer.Said == "silent") ? $"something takes its connections ({Words(answers)})" : null;
    }

    private static string NeitherNor(string hostName, string life, ClusterHealException fault) =>
        $"{hostName}: its member cannot be asked, and is not dead: {life}. {fault.Message} Fix that, in the network or in its settings. "
        + $"If it hangs, or serves nobody because it has no quorum, stop it first: Stop-ControlPlaneComponent Etcd -HostName {hostName} -For 0.";

    private static string Words(MemberAnswers answers) =>
        answers.Health.Count == 0 ? "it listens on no URL that curl can ask" : string.Join("; ", answers.Health.Select(answer => answer.ToString()));

    private static async Task<(StatusResponse? Status, IReadOnlyList<Member> Members, ClusterHealException? Fault)> AskAsync(
        IHostShell shell, EtcdConfiguration configuration, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
            using var tls = connection.Tls;
            using var client = connection.Open(connection.Endpoints[0]);
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            var list = await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false);
            return (status, list.Members, null);
        }
        catch (ClusterHealException fault)
        {
            return (null, [], fault);
        }
    }
}
