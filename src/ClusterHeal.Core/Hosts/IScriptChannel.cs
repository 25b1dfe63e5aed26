namespace ClusterHeal.Hosts;

/// <summary>A command that runs in the login shell of a host: its three streams, and how it ended. To dispose of it ends it on this side.</summary>
internal interface IScriptChannel : IAsyncDisposable
{
    /// <summary>Its standard input. Closing it is the end of the input.</summary>
    Stream Input { get; }

    /// <summary>Its standard output.</summary>
    Stream Output { get; }

    /// <summary>Its standard error.</summary>
    Stream Errors { get; }

    /// <summary>Done when it has ended, or the connection to it is lost.</summary>
    Task Ended { get; }

    /// <summary>How it ended. Ask only after <see cref="Ended"/> is done.</summary>
    CommandEnd End { get; }

    /// <summary>Ends it on this side. It may have ended already.</summary>
    void Kill();
}
