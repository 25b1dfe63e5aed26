using Grpc.Core;

namespace ClusterHeal.Etcd;

/// <summary>The messages of a call that answers with many. The first one has already come.</summary>
/// <typeparam name="T">The kind of message.</typeparam>
/// <param name="call">The call.</param>
/// <param name="messages">Its messages.</param>
/// <param name="deadline">Its deadline.</param>
/// <param name="translate">Turns the cause of a failure into our words.</param>
internal sealed class EtcdStream<T>(IDisposable call, IAsyncStreamReader<T> messages, CallDeadline deadline, Func<Exception, Exception> translate)
    : IDisposable
{
    /// <summary>The message that came last.</summary>
    public T Current => messages.Current;

    /// <summary>Waits for the next message.</summary>
    /// <returns>False after the last one, when the member said that all went well.</returns>
    /// <exception cref="EtcdException">The call failed, was cut, or is not gRPC.</exception>
    public async Task<bool> MoveNextAsync()
    {
        try
        {
            return await messages.MoveNext(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw translate(e);
        }
    }

    /// <summary>Removes the deadline of the stream.</summary>
    public void LiftDeadline() => deadline.Lift();

    /// <summary>Ends the call; a stream that still runs is reset.</summary>
    public void Dispose()
    {
        call.Dispose();
        deadline.Dispose();
    }
}
