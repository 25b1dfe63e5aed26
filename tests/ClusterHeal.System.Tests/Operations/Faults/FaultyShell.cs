using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Operations.Faults;

/// <summary>When a fault comes, as seen from one script of an operation.</summary>
public enum FaultMoment
{
    Before,
    During,
    After,
}

/// <summary>What ends an operation whose process has been killed: nothing of it runs any more.</summary>
internal sealed class OperatorKilledException() : Exception("The operator's process was killed.");

/// <summary>A shell during whose use something happens.</summary>
/// <param name="inner">The host.</param>
/// <param name="steps">How the purpose of the script may begin at which it happens; the first such script counts.</param>
/// <param name="moment">When.</param>
/// <param name="faultAsync">What.</param>
/// <param name="kills">True if the operator is dead from then on.</param>
internal sealed class FaultyShell(IHostShell inner, IReadOnlyList<string> steps, FaultMoment moment, Func<Task> faultAsync, bool kills) : IHostShell
{
    private bool _isDead;

    public string HostName => inner.HostName;

    /// <summary>True once it has happened.</summary>
    public bool HasHappened { get; private set; }

    public async Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        if (HasHappened || !steps.Any(step => script.Purpose.StartsWith(step, StringComparison.Ordinal))) return await inner.RunAsync(script, cancellationToken);
        HasHappened = true;
        if (moment == FaultMoment.Before) await HappenAsync();
        var running = inner.RunAsync(script, cancellationToken);
        // A moment for the script to get to the host and to begin there.
        if (moment == FaultMoment.During) await Task.WhenAny(running, Task.Delay(60, cancellationToken));
        if (moment == FaultMoment.After) await Task.WhenAny(running);
        try
        {
            if (moment != FaultMoment.Before) await HappenAsync();
        }
        catch (OperatorKilledException)
        {
            // The host goes on with what it has; nobody reads what it says.
            await Task.WhenAny(running);
            _ = running.Exception;
            throw;
        }

        return await running;
    }

    public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        return inner.ReadFileAsync(path, destination, cancellationToken);
    }

    public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        return inner.WriteFileAsync(path, content, access, cancellationToken);
    }

    public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        ThrowIfDead();
        return inner.DialAsync(host, port, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task HappenAsync()
    {
        await faultAsync();
        _isDead = kills;
        ThrowIfDead();
    }

    private void ThrowIfDead()
    {
        if (_isDead) throw new OperatorKilledException();
    }
}
