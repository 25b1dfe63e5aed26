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
    /// <param name="from">Where it is meanwhile. If nothing is there, the step does nothing.</param>
    /// <param name="to">Where it was. If something is there by then, that stays, and the step does nothing.</param>
    public static HealStep MoveBack(string from, string to) => new Move(from, to);

    /// <summary>Runs a script of ours on the host. The step has failed if its exit code is not 0.</summary>
    /// <param name="path">The script.</param>
    /// <param name="argument">Its argument.</param>
    public static HealStep Run(string path, string argument) => new RunScript(path, argument);

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
