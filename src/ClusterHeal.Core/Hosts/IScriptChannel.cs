namespace ClusterHeal.Hosts;

/// <summary>A command that runs in the login shell of a host: its three streams, and how it ended. Disposing of it ends it on this side.</summary>
internal interface IScriptChannel : IAsyncDisposable
{
    /// <summary>Its standard input. Closing it is the end of the input.</summary>
    Stream Input { get; }

    /// <summary>Its standard output.</summary>
    Stream Output { get; }

    /// <summary>Its standard error.</summary>
    Stream Errors { get; }

    /// <summary>Done when it has ended, or is no longer known.</summary>
    Task Ended { get; }

    /// <summary>How it ended. Asked for only when <see cref="Ended"/> is done.</summary>
    CommandEnd End { get; }

    /// <summary>Ends it on this side. One that has ended already is fine.</summary>
    void Kill();
}
