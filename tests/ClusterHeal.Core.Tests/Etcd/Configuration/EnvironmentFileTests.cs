using ClusterHeal.Etcd.Configuration;

namespace ClusterHeal.Tests.Etcd.Configuration;

/// <summary>Expected values follow the state machine of systemd's parse_env_file.</summary>
public sealed class EnvironmentFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  A = b c  ", "b c")]
    [InlineData("A=", "")]
    [InlineData("A=\"b c\"", "b c")]
    [InlineData("A='b \" $c \\ '", "b \" $c \\ ")]
    [InlineData("A=\"b\"'c' \"d\"", "bcd")]
    [InlineData("A=\"b\"c", "bc")]
    [InlineData("A=b\"c\"", "b\"c\"")]
    [InlineData("A=b # no comment", "b # no comment")]
    [InlineData("A=b\\ ", "b ")]
    [InlineData("A=b\\\nc", "bc")]
    [InlineData("A=\"b\\\nc\"", "bc")]
    [InlineData("A=\"b\nc\"", "b\nc")]
    [InlineData("A=\"\\\"\\$\\`\\\\\\n\"", "\"$`\\\\n")]
    [InlineData("A=$HOME", "$HOME")]
    [InlineData("A=b=c", "b=c")]
    [InlineData("A=b\r\n", "b")]
    [InlineData("A=\"never closed", "never closed")]
    [InlineData("A=b\\", "b")]
    public void Values_are_read_as_systemd_reads_them(string text, string expected)
    {
        var variable = Assert.Single(EnvironmentFile.Parse(text));
        Assert.Equal(("A", expected), (variable.Name, variable.Value));
    }

    [Fact]
    public void Comments_and_lines_without_an_assignment_count_for_nothing_and_lines_are_counted()
    {
        var variables = EnvironmentFile.Parse("# A=1 \\\nA=2\n;B=3\n\njust words\nexport C=4\n  D='5\n6'\nE=7");
        Assert.Equal(["A=2@2", "export C=4@6", "D=5\n6@7", "E=7@9"], variables.Select(v => $"{v.Name}={v.Value}@{v.Line}"));
        Assert.Equal([true, false, true, true], variables.Select(v => v.IsValid));
    }

    [Fact]
    public void Any_text_at_all_is_read_to_its_end()
    {
        var random = new Random(7);
        const string Alphabet = "A=\"'\\ \n#;\r\tb$";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            Assert.All(EnvironmentFile.Parse(text), variable => Assert.InRange(variable.Line, 1, text.Count(c => c == '\n') + 1));
        }
    }
}
