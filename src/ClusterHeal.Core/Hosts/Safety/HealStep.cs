namespace ClusterHeal.Hosts;

/// <summary>One thing that a host does by itself to bring back what was stopped.</summary>
public abstract record HealStep
{
    private HealStep()
    {
    }

    /// <summary>Starts a systemd unit.</summary>
    /// <param name="Name">The unit.</param>
    public static HealStep Start(string Name) => new StartUnit(Name);

    /// <summary>Moves a file or folder back to where it was.</summary>
    /// <param name="from">Where it lies meanwhile. Where nothing lies there, the step does nothing.</param>
    /// <param name="to">Where it was. What has come to that place since stays there, and the step does nothing.</param>
    public static HealStep MoveBack(string from, string to) => new Move(from, to);

    /// <summary>Runs a script of ours that lies on the host; the step has failed where its exit code is not 0.</summary>
    /// <param name="path">The script.</param>
    /// <param name="argument">Its argument.</param>
    public static HealStep Run(string path, string argument) => new RunScript(path, argument);

    /// <summary>The step as a command of the script <c>heal</c>.</summary>
    internal abstract string Command { get; }

    private sealed record StartUnit(string Name) : HealStep
    {
        internal override string Command => $"bring_up {ShellQuote.Quote(Name)}";
    }

    private sealed record RunScript(string Path, string Argument) : HealStep
    {
        internal override string Command => $"run_script {ShellQuote.Quote(Path)} {ShellQuote.Quote(Argument)}";
    }

    private sealed record Move(string From, string To) : HealStep
    {
        internal override string Command => $"move_back {ShellQuote.Quote(From)} {ShellQuote.Quote(To)}";
    }
}
