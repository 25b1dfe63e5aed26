using System.Diagnostics;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

public sealed class ShellQuoteTests
{
    public static TheoryData<string> Hostile =>
    [
        "", " ", "plain", "two words", "it's", "''", "'; touch hurt; '", "$(touch hurt)", "`touch hurt`", "${HOME}", "a\nb", "\n", "trailing\n\n",
        "\\", "\\'", "\"", "*", "~", "!!", "-n", "--", "#", "a\tb", "a\rb", "\u0001\u007f", "ü", "中文", "🙂", "\u202e", "%s%n", "|&;<>()", "=", "a=b",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_shell_reads_back_the_value_as_one_word(string value)
    {
        foreach (var shell in new[] { "dash", "bash" })
        {
            var start = new ProcessStartInfo(shell) { RedirectStandardOutput = true };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($"printf '%s:%s' \"$#\" {ShellQuote.Quote(value)}");
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Equal("0:" + value, output);
        }
    }

    [Fact]
    public void A_NUL_is_refused_because_no_argument_can_hold_it() => Assert.Throws<ArgumentException>(() => ShellQuote.Quote("a\0b"));
}
