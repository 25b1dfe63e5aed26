using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What etcd answered to a host that asked in the same way as it will when nobody comes back.</summary>
/// <param name="Health">For each endpoint of its own member: <c>healthy</c>, <c>unhealthy</c>, <c>refused</c>, <c>silent</c>, or why it could not be asked.</param>
/// <param name="Peers">For each other member: the ID of its cluster in hex, or null if it did not answer.</param>
internal sealed record MemberAnswers(IReadOnlyList<EndpointAnswer> Health, IReadOnlyList<string?> Peers)
{
    /// <summary>The endpoints at which the member answered.</summary>
    public IReadOnlyList<string> Answered => [.. Health.Where(answer => answer.IsAnswer).Select(answer => answer.Endpoint)];

    /// <summary>True if nothing took a connection, at any endpoint.</summary>
    public bool AllRefused => Health.Count > 0 && Health.All(answer => answer.Said == "refused");

    /// <summary>Makes a host ask.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="health">The endpoints of its own member.</param>
    /// <param name="peers">The endpoints of the others.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<MemberAnswers> AskAsync(
        IHostShell shell, IReadOnlyList<string> health, IReadOnlyList<string> peers, CancellationToken cancellationToken)
    {
        var script = new HostScript(MemberScript.Ask, string.Join('\n', health), string.Join('\n', peers))
        {
            Purpose = "ask etcd as the host itself would",
            Timeout = TimeSpan.FromMinutes(3),
        };
        var text = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 3)).Where(words => words.Length == 3).ToLookup(words => words[0]);
        return new MemberAnswers(
            [.. health.Select((endpoint, i) => new EndpointAnswer(endpoint, Of("endpoint", i) ?? "unasked the host said nothing"))],
            [.. peers.Select((_, i) => Of("peer", i) is { } id and not "-" ? id : null)]);

        string? Of(string kind, int number) =>
            lines[kind].FirstOrDefault(words => words[1] == number.ToString(CultureInfo.InvariantCulture))?[2];
    }
}

/// <summary>What one endpoint of a member said about its health.</summary>
/// <param name="Endpoint">The endpoint, one line of <see cref="MemberEndpoints"/>.</param>
/// <param name="Said">The script's words.</param>
internal sealed record EndpointAnswer(string Endpoint, string Said)
{
    /// <summary>True if the member itself answered.</summary>
    public bool IsAnswer => Said is "healthy" or "unhealthy";

    /// <summary>The endpoint, and what it said.</summary>
    public override string ToString()
    {
        var parts = Endpoint.Split('\t');
        var what = Said switch
        {
            "refused" => "refused the connection",
            "silent" => "did not answer in time",
            "healthy" or "unhealthy" => $"answered that it is {Said}",
            _ => Said["unasked ".Length..],
        };
        return $"{parts[0]}{(parts[2].Length > 0 ? $" with {parts[2]}" : "")}: {what}";
    }
}
