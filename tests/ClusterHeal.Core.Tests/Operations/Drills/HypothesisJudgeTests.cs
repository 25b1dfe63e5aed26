using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>What is made of observations, without a cluster. The injection began at 10 s and was done at 12 s.</summary>
public sealed class HypothesisJudgeTests
{
    private static readonly ExpectedTime FiveToTwenty = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20), "test");

    [Theory]
    [InlineData(14, CheckStatus.Fail, "Too early: after 4.0 s")]
    [InlineData(15, CheckStatus.Pass, "Seen after 5.0 s")]
    [InlineData(30, CheckStatus.Pass, "Seen after 20.0 s: yes")]
    [InlineData(32, CheckStatus.Pass, "Seen 20.0 s after it was done, 22.0 s after it began: yes")]
    [InlineData(32.5, CheckStatus.Fail, "Too late: 20.5 s after it was done, 22.5 s after it began")]
    public void What_comes_about_counts_from_the_begin_of_the_injection_and_is_late_from_its_end(double at, CheckStatus status, string message)
    {
        var judged = Judge(Becomes(FiveToTwenty), 40, Seen(12.5, "no"), Seen(at, "yes"));
        Assert.Equal(status, judged.Status);
        Assert.Contains(message, judged.Message, StringComparison.Ordinal);
        Assert.Equal(status == CheckStatus.Pass, judged.Measured >= FiveToTwenty.Earliest && judged.Measured <= FiveToTwenty.Latest);
    }

    [Fact]
    public void It_is_not_late_while_the_injection_is_still_at_work()
    {
        var judged = Judge(Becomes(ExpectedTime.Within(TimeSpan.FromSeconds(1), "test")), 40, Seen(11.5, "yes", DrillPhase.Injection));
        Assert.Equal((CheckStatus.Pass, "Seen before it was done, 1.5 s after it began: yes."), (judged.Status, judged.Message));
        Assert.Equal(TimeSpan.Zero, judged.Measured);
    }

    [Fact]
    public void It_may_come_about_while_the_injection_is_still_at_work()
    {
        var judged = Judge(Becomes(ExpectedTime.Within(TimeSpan.FromSeconds(5), "test")), 40, Seen(11, "yes", DrillPhase.Injection));
        Assert.Equal((CheckStatus.Pass, TimeSpan.FromSeconds(1)), (judged.Status, judged.Measured));
    }

    [Theory]
    [InlineData(31, CheckStatus.Unknown)]
    [InlineData(32, CheckStatus.Fail)]
    public void What_has_not_come_about_is_judged_when_its_time_is_over(double now, CheckStatus status) =>
        Assert.Equal(status, Judge(Becomes(FiveToTwenty), now, Seen(12.5, "no")).Status);

    [Fact]
    public void What_has_to_hold_fails_at_once_and_passes_only_at_the_end()
    {
        var stays = Stays(TimeSpan.FromSeconds(20));
        Assert.Equal(CheckStatus.Unknown, Judge(stays, 20, Seen(12.5, "yes")).Status);
        Assert.Equal(CheckStatus.Pass, Judge(stays, 32, Seen(12.5, "yes", until: 31)).Status);
        var broken = Judge(stays, 20, Seen(12.5, "yes"), Seen(15, "no"), Seen(16, "yes"));
        Assert.Equal((CheckStatus.Fail, TimeSpan.FromSeconds(3)), (broken.Status, broken.Measured));
    }

    [Fact]
    public void What_has_to_hold_is_not_looked_at_while_the_injection_is_at_work() =>
        Assert.Equal(CheckStatus.Pass, Judge(Stays(TimeSpan.FromSeconds(5)), 32, Seen(11, "no", DrillPhase.Injection), Seen(12.5, "yes", until: 31)).Status);

    [Fact]
    public void What_was_seen_for_a_moment_only_is_no_proof_that_it_held()
    {
        var judged = Judge(Stays(TimeSpan.FromSeconds(20)), 32, Seen(12.1, "yes", until: 12.4), Seen(12.5, "? SshRefused", until: 32));
        Assert.Equal((CheckStatus.Unknown, "It was seen for 0.4 s of 20.0 s only, which proves nothing: yes."), (judged.Status, judged.Message));
        var atOnce = Hypothesis.Stays(DrillPhase.Observation, "Name", "Statement.", "probe", answer => answer == "yes", ExpectedTime.AtOnce);
        Assert.Equal(CheckStatus.Unknown, Judge(atOnce, 12.5, Seen(12.1, "yes", until: 12.5)).Status);
    }

    [Fact]
    public void What_has_to_hold_while_the_injection_is_at_work_is_looked_at_then_and_only_then()
    {
        var meanwhile = Hypothesis.Stays(DrillPhase.Injection, "Name", "Statement.", "probe", answer => answer == "yes", ExpectedTime.AtOnce);
        Assert.Equal(CheckStatus.Pass, JudgeMeanwhile(Seen(11, "yes", DrillPhase.Injection, until: 30), Seen(30.5, "no")).Status);
        var broken = JudgeMeanwhile(Seen(10.5, "yes", DrillPhase.Injection), Seen(11, "no", DrillPhase.Injection));
        Assert.Equal((CheckStatus.Fail, TimeSpan.FromSeconds(1)), (broken.Status, broken.Measured));
        Assert.Equal(CheckStatus.Unknown, JudgeMeanwhile(Seen(13, "yes")).Status);

        DrillHypothesis JudgeMeanwhile(params DrillObservation[] seen) =>
            HypothesisJudge.Judge(meanwhile, seen, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void What_an_injection_may_take_counts_from_its_begin()
    {
        // It begins at 10; its end is seen when the next phase has begun.
        var end = Hypothesis.Becomes(
            DrillPhase.Injection, "Name", "Statement.", "probe", answer => answer == "yes", ExpectedTime.Within(TimeSpan.FromSeconds(5), "basis"));
        Assert.Equal((CheckStatus.Pass, TimeSpan.FromSeconds(4)), JudgeEnd(Seen(12, "no", DrillPhase.Injection), Seen(14, "yes")));
        Assert.Equal((CheckStatus.Fail, TimeSpan.FromSeconds(6)), JudgeEnd(Seen(12, "no", DrillPhase.Injection), Seen(16, "yes")));

        (CheckStatus, TimeSpan?) JudgeEnd(params DrillObservation[] seen)
        {
            var judged = HypothesisJudge.Judge(end, seen, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40));
            return (judged.Status, judged.Measured);
        }
    }

    [Fact]
    public void An_answer_that_nobody_could_give_neither_proves_nor_refutes()
    {
        Assert.Equal(CheckStatus.Unknown, Judge(Stays(TimeSpan.FromSeconds(5)), 32, Seen(13, "? SshRefused")).Status);
        Assert.Equal(CheckStatus.Unknown, Judge(Becomes(FiveToTwenty), 40, Seen(13, "? SshRefused")).Status);
        Assert.Equal(CheckStatus.Pass, Judge(Stays(TimeSpan.FromSeconds(5)), 32, Seen(13, "? SshRefused"), Seen(14, "yes", until: 31)).Status);
    }

    [Fact]
    public void The_verdict_takes_the_worst_and_names_it()
    {
        var pass = Becomes(FiveToTwenty).Text with { Status = CheckStatus.Pass };
        var fail = pass with { Status = CheckStatus.Fail, Statement = "It rains.", Message = "It did not." };
        var unseen = pass with { Status = CheckStatus.Unknown, Name = "Unseen" };
        Assert.Equal(DrillVerdict.AsExpected, DrillJudgement.Of([pass], null, null).Verdict);
        Assert.Equal((DrillVerdict.NotAsExpected, "It rains. It did not."), DrillJudgement.Of([pass, fail, unseen], null, null));
        Assert.Equal(DrillVerdict.Inconclusive, DrillJudgement.Of([pass, unseen], null, null).Verdict);
        Assert.Equal((DrillVerdict.EndedEarly, "Ctrl+C."), DrillJudgement.Of([fail], "Ctrl+C.", null));
        Assert.Equal((DrillVerdict.NotHealed, "Down."), DrillJudgement.Of([pass], "Ctrl+C.", "Down."));
    }

    private static DrillHypothesis Judge(Hypothesis hypothesis, double now, params DrillObservation[] seen) =>
        HypothesisJudge.Judge(hypothesis, seen, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(now));

    private static Hypothesis Becomes(ExpectedTime expected) =>
        Hypothesis.Becomes(DrillPhase.Observation, "Name", "Statement.", "probe", answer => answer == "yes", expected);

    private static Hypothesis Stays(TimeSpan whole) =>
        Hypothesis.Stays(DrillPhase.Observation, "Name", "Statement.", "probe", answer => answer == "yes", ExpectedTime.Within(whole, "test"));

    private static DrillObservation Seen(double at, string value, DrillPhase phase = DrillPhase.Observation, double? until = null) => new()
    {
        Phase = phase, Probe = "probe", Value = value, At = TimeSpan.FromSeconds(at), Until = TimeSpan.FromSeconds(until ?? at),
    };
}
