namespace ClusterHeal.Tour;

/// <summary>Plays chapters in one pwsh, each in a folder of its own that goes with it.</summary>
/// <param name="shell">The pwsh.</param>
/// <param name="output">Where the output goes.</param>
internal sealed class TourPlayer(TourShell shell, TextWriter output)
{
    /// <summary>Plays the steps of a script.</summary>
    /// <exception cref="TourFailedException">Something was not as announced.</exception>
    public async Task PlayAsync(IReadOnlyList<TourStep> steps, string folder, ITourSetting setting, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "practice.psd1"), DataFile(setting.Facts), cancellationToken);
        await EnterAsync(folder, setting.ProgramFolders, cancellationToken);
        foreach (var step in steps) await PlayAsync(step, setting, cancellationToken);
    }

    private async Task PlayAsync(TourStep step, ITourSetting setting, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case TourStepKind.Say:
                await output.WriteLineAsync($"\n# {step.Text}");
                break;
            case TourStepKind.Run:
                await output.WriteLineAsync($"\nPS> {step.Text.Replace("\n", "\n>>  ", StringComparison.Ordinal)}");
                await shell.RunAsync(step.Text, cancellationToken);
                break;
            case TourStepKind.Act:
                await setting.ActAsync(step.Text, cancellationToken);
                break;
            case TourStepKind.Check:
                var answer = await shell.CheckAsync(step.Text, cancellationToken);
                if (!answer.Holds) throw new TourFailedException($"not as announced: {step.Announcement} {answer.Reason}".TrimEnd());
                break;
        }
    }

    /// <summary>
    /// Each chapter begins as a new user would: in its folder, not connected, with the programs that it calls on the PATH. The journal is
    /// in that folder, so that nothing is left in the real user's.
    /// </summary>
    private Task EnterAsync(string folder, IReadOnlyList<string> programFolders, CancellationToken cancellationToken)
    {
        var path = string.Join(Path.PathSeparator, programFolders.Append(Environment.GetEnvironmentVariable("PATH")));
        return shell.RunAsync(
            $"Set-Location {Quote(folder)}; $env:PATH = {Quote(path)}; $env:XDG_STATE_HOME = {Quote(folder)}; Disconnect-Cluster", cancellationToken);
    }

    private static string DataFile(IReadOnlyDictionary<string, IReadOnlyList<string>> facts) =>
        $"@{{\n{string.Concat(facts.Select(fact => $"    {fact.Key} = @({string.Join(", ", fact.Value.Select(Quote))})\n"))}}}\n";

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
