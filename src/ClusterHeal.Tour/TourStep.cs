namespace ClusterHeal.Tour;

/// <summary>
/// A step of a chapter's script. To PowerShell the script is commands and comments, so it can be copied as it is; to the tour some of the
/// comments mean something (<see cref="TourStepKind"/>).
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The sentence, the command, the expression or the action.</param>
/// <param name="Announcement">What a check announces, otherwise empty.</param>
internal sealed record TourStep(TourStepKind Kind, string Text, string Announcement = "")
{
    /// <summary>Reads a script.</summary>
    /// <exception cref="FormatException">A check has no announcement.</exception>
    public static IReadOnlyList<TourStep> Read(string script)
    {
        List<TourStep> steps = [];
        List<string> command = [];
        foreach (var line in script.Split('\n').Append(""))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                command.Add(line);
                continue;
            }

            if (command.Count > 0) steps.Add(new TourStep(TourStepKind.Run, string.Join('\n', command)));
            command.Clear();
            if (line.Length > 0) steps.Add(OfComment(line));
        }

        return steps;
    }

    private static TourStep OfComment(string line)
    {
        if (line.StartsWith("#! ", StringComparison.Ordinal)) return new TourStep(TourStepKind.Act, line[3..]);
        if (!line.StartsWith("#? ", StringComparison.Ordinal)) return new TourStep(TourStepKind.Say, line.TrimStart('#', ' '));
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon < 0) throw new FormatException($"'{line}' announces nothing: it needs the form '#? announcement: expression'");
        return new TourStep(TourStepKind.Check, line[(colon + 2)..], line[3..colon]);
    }
}
