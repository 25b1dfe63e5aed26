namespace ClusterHeal.Tests;

/// <summary>The switch of the tests that take long: <c>CLUSTERHEAL_TEST_ALL</c>.</summary>
internal static class LongTests
{
    /// <summary>Whether somebody wants the long form of the tests, with every failure on all forms of hosts.</summary>
    public static bool AreWanted => Environment.GetEnvironmentVariable("CLUSTERHEAL_TEST_ALL") is { Length: > 0 };

    /// <summary>Skips the test unless somebody wants it.</summary>
    public static void SkipUnlessWanted() => Assert.SkipUnless(AreWanted, "It takes long: set CLUSTERHEAL_TEST_ALL.");
}
