namespace ClusterHeal.Fuzz;

/// <summary>Something that reads what may be hostile.</summary>
internal interface IFuzzTarget
{
    /// <summary>What it is called in reports.</summary>
    string Name { get; }

    /// <summary>Makes an input.</summary>
    /// <param name="random">Decides everything about it.</param>
    /// <param name="longest">How many bytes it may have.</param>
    byte[] Make(Random random, int longest);

    /// <summary>Reads an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="cancellationToken">Ends it when its time is over.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="Exception">What nobody foresaw: it is a finding.</exception>
    Task<FuzzOutcome> ReadAsync(byte[] input, CancellationToken cancellationToken);

    /// <summary>Has somebody else judge what was said of the input that was read last. What that takes is not the reader's time.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UntrueException">It is not so.</exception>
    Task JudgeAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>What came of an input.</summary>
internal enum FuzzOutcome
{
    /// <summary>It was read.</summary>
    Taken,

    /// <summary>It was refused, with an error that says why.</summary>
    Refused,
}

/// <summary>Something was said of an input that is not so.</summary>
internal sealed class UntrueException(string message) : Exception(message);
