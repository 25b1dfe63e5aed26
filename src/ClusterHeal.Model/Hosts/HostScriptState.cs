namespace ClusterHeal;

/// <summary>What is known about a script whose host did not answer as it should.</summary>
public enum HostScriptState
{
    /// <summary>The host never got it: nothing was run, nothing was changed.</summary>
    NotStarted,

    /// <summary>The host got it; whether it ran to its end is not known.</summary>
    Unknown,

    /// <summary>It ran to its end, and its end was a failure.</summary>
    Finished,
}
