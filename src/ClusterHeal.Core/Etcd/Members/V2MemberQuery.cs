using System.Net;
using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClusterHeal.Etcd.Members;

/// <summary>
/// Lists the members with the old membership API (<c>GET /v2/members</c>). Servers up to 3.3 have it, 3.4 and 3.5 with <c>--enable-v2</c>, 3.6 not at
/// all. It has less: no learners, no status, no alarms.
/// </summary>
/// <param name="connection">The cluster; any of its endpoints may be down.</param>
public sealed class V2MemberQuery(EtcdConnection connection)
{
    private const int MaxAnswerSize = 1024 * 1024;

    /// <summary>Emits one <see cref="EtcdMember"/> for each member, as the first endpoint that answers knows them.</summary>
    /// <param name="sink">Takes the members and the failures of the endpoints that were asked before.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var endpoint in connection.Endpoints)
        {
            try
            {
                var members = await ListAsync(endpoint.WithScheme(connection.Tls is not null || connection.Insecure), cancellationToken)
                    .ConfigureAwait(false);
                foreach (var member in members) sink.Emit(member);
                MemberQuery.WarnAboutEvenVoters(members, sink);
                return;
            }
            catch (EtcdException e)
            {
                sink.Fail(e);
            }
        }
    }

    private async Task<EtcdMember[]> ListAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var channel = new HttpChannel(endpoint, connection, SslApplicationProtocol.Http11);
        var list = await GetAsync(channel, "/v2/members", V2Json.Default.V2MemberList, cancellationToken).ConfigureAwait(false);
        var leader = await GetAsync(channel, "/v2/members/leader", V2Json.Default.V2Member, cancellationToken).ConfigureAwait(false);
        return
        [
            .. list.Members.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => new EtcdMember
            {
                Id = m.Id,
                Name = m.Name,
                PeerUrls = m.PeerUrls,
                ClientUrls = m.ClientUrls,
                Endpoint = m.ClientUrls,
                IsLeader = m.Id == leader.Id,
                IsStarted = m.Name.Length > 0 && m.ClientUrls.Length > 0,
                CaFile = connection.Access?.CaFile,
                CertFile = connection.Access?.CertFile,
                KeyFile = connection.Access?.KeyFile,
                HostName = connection.Access?.Host?.HostName,
                HostConnection = connection.Access?.Host,
            }),
        ];
    }

    private async Task<T> GetAsync<T>(HttpChannel channel, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var deadline = new CallDeadline(connection.CallTimeout, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(channel.Root, path));
        try
        {
            using var response = await channel.Http.SendAsync(request, deadline.Token).ConfigureAwait(false);
            channel.HasAnswered = true;
            if (response.StatusCode != HttpStatusCode.OK) throw NotServed(channel.Endpoint, path, response.StatusCode);
            await response.Content.LoadIntoBufferAsync(MaxAnswerSize).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            var answer = await JsonSerializer.DeserializeAsync(body, type, deadline.Token).ConfigureAwait(false);
            return answer ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw EtcdFault.Protocol(channel.Endpoint, path, "something that is not the v2 API's JSON");
        }
        catch (Exception e) when (e is not EtcdException)
        {
            throw channel.Translate(e, path, deadline);
        }
    }

    private static EtcdException NotServed(EtcdEndpoint endpoint, string path, HttpStatusCode code) => new(
        ErrorIds.EtcdNotSupported,
        FaultCategory.NotSupported,
        $"{endpoint} does not serve the v2 API ({path} answers HTTP {(int)code}).",
        endpoint,
        GrpcStatusCode.Unimplemented,
        "Use -ApiVersion v3. etcd 3.4 and 3.5 serve v2 only with --enable-v2, 3.6 not at all.");
}
