namespace ClusterHeal.Etcd.Members;

/// <summary>Asks several members until one answers. A change may be sent twice, so it must do no harm the second time.</summary>
/// <param name="connections">The ways to the members, each with its own endpoints.</param>
internal sealed class AnyMember(IReadOnlyList<EtcdConnection> connections)
{
    /// <summary>Asks one after the other until one answers. A refusal is an answer, too.</summary>
    /// <param name="call">The question.</param>
    /// <exception cref="EtcdException">A member refused, or none answered (then it is the error of the last one).</exception>
    public async Task<T> AskAsync<T>(Func<EtcdClient, Task<T>> call)
    {
        for (var i = 0; ; i++)
        {
            using var client = connections[i].Open(connections[i].Endpoints[0]);
            try
            {
                return await call(client).ConfigureAwait(false);
            }
            catch (EtcdException e) when (IsPassing(e) && i + 1 < connections.Count)
            {
                // Another member may answer.
            }
        }
    }

    /// <summary>True for an error that may be over soon: nobody answered, there is no leader, or members are not connected yet.</summary>
    public static bool IsPassing(EtcdException fault) =>
        fault.StatusCode is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded;
}
