namespace ClusterHeal.Tests;

/// <summary>
/// A text in the repository that says what the code is, for people to read and to approve. Where the two differ, the test fails;
/// a run of the tests with CLUSTERHEAL_APPROVE=1 renews the text, and its change is then part of the review.
/// </summary>
internal static class Approved
{
    /// <summary>Compares a text of ours with the part of a file after a line, or with the whole file.</summary>
    public static void Check(string text, string? afterLine, params string[] path)
    {
        var file = Path.Combine([RepositoryRoot.Path, .. path]);
        var content = File.ReadAllText(file).ReplaceLineEndings("\n");
        var start = afterLine is null ? 0 : content.IndexOf($"{afterLine}\n", StringComparison.Ordinal) + afterLine.Length + 1;
        if (Environment.GetEnvironmentVariable("CLUSTERHEAL_APPROVE") == "1") File.WriteAllText(file, content[..start] + text);
        else Assert.Equal(content[start..], text);
    }
}
