using System.Diagnostics;
using System.Globalization;

namespace ClusterHeal.Common;

/// <summary>
/// Tells the one who runs an operation of each call that it makes: the server, the call, and how long it took. What is sent and what is answered is
/// never told, so no secret is.
/// </summary>
public static class CallLog
{
    private static readonly AsyncLocal<Action<string>?> Listener = new();

    /// <summary>Tells of all calls that this flow of execution makes from now on.</summary>
    /// <param name="listener">Is told a line for each call, on any thread; null to tell nobody.</param>
    public static void TellTo(Action<string>? listener) => Listener.Value = listener;

    /// <summary>Makes a call, and tells of it when it has ended.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="where">The endpoint, server, host or file.</param>
    /// <param name="call">The call, without its content.</param>
    /// <param name="makeAsync">Makes it.</param>
    public static async Task<T> OfAsync<T>(string where, string call, Func<Task<T>> makeAsync)
    {
        if (Listener.Value is not { } tell) return await makeAsync().ConfigureAwait(false);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var answer = await makeAsync().ConfigureAwait(false);
            tell($"{where}: {call}, {Milliseconds(began)}");
            return answer;
        }
        catch (Exception e)
        {
            tell($"{where}: {call}, failed after {Milliseconds(began)} ({(e as ClusterHealException)?.ErrorId ?? e.GetType().Name})");
            throw;
        }
    }

    private static string Milliseconds(long began) =>
        string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms");
}
