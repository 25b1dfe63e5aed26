using System.Text.Json.Nodes;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>What a real API server (1.36.2) answered, as recorded in the fixtures.</summary>
internal sealed record RecordedReply(int Code, string? RetryAfter, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public static RecordedReply Read(string name)
    {
        var file = File.ReadAllText(Fixture.PathOf($"kubernetes/api/{name}.http")).ReplaceLineEndings("\n");
        var parts = file.Split("\n\n", 2);
        var head = parts[0].Split('\n');
        const string RetryAfter = "retry-after: ";
        return new RecordedReply(
            int.Parse(head[1].Split(' ')[1], null),
            head.FirstOrDefault(line => line.StartsWith(RetryAfter, StringComparison.Ordinal))?[RetryAfter.Length..],
            parts[1]);
    }

    /// <summary>The names in the answer stand for others here.</summary>
    public RecordedReply With(string name, string ours) => this with { Text = Text.Replace(name, ours, StringComparison.Ordinal) };
}
