namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>What the plan of a restore says of the objects in the cluster.</summary>
public sealed class ClusterRestorePlanTests
{
    [Fact]
    public void It_says_how_many_objects_are_taken_away_taken_back_brought_back_and_left()
    {
        var plan = SamplePlan.Plan with { Differences = [Count("configmaps", 2, 0, 1, 40), Count("deployments", 1, 4, 6, 50)] };
        var step = Assert.Single(plan.Steps, step => step.Contains("objects", StringComparison.Ordinal));
        Assert.Equal(
            "Of the objects that live now, take away 3, take back 4 to what they were, and leave 90 as they are; bring back 7 that are gone (Compare-EtcdSnapshot lists them).",
            step);
    }

    [Fact]
    public void It_says_nothing_of_objects_if_no_member_could_be_asked() =>
        Assert.DoesNotContain(SamplePlan.Plan.Steps, step => step.Contains("objects", StringComparison.Ordinal));

    private static EtcdSnapshotDifferenceCount Count(string resource, long added, long changed, long deleted, long unchanged) => new()
    {
        Path = "prod.db", Resource = resource, Namespace = "default", Added = added, Changed = changed, Deleted = deleted, Unchanged = unchanged,
    };
}
