using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

/// <summary>Files that get their names in one step, and what is left of those that never did.</summary>
public sealed class DurableFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_many_that_want_one_name_one_gets_it(bool hasLinks)
    {
        if (OperatingSystem.IsWindows()) return;
        var target = _folder.File("a");
        var parts = Enumerable.Range(0, 16).Select(i =>
        {
            var part = DurableFile.PartFor(target);
            File.WriteAllText(part, $"{i}");
            return part;
        }).ToArray();
        var taken = await Task.WhenAll(parts.Select(part => Task.Run(() =>
        {
            try
            {
                DurableFile.TakeName(part, target, hasLinks);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        })));
        Assert.Single(taken, won => won);
        Assert.Equal($"{Array.IndexOf(taken, true)}", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_is_left_over_goes_when_it_is_old_and_nobody_holds_it()
    {
        var now = DateTimeOffset.UtcNow;
        var (left, held, young) = (DurableFile.PartFor(_folder.File("a")), DurableFile.PartFor(_folder.File("a")), DurableFile.PartFor(_folder.File("a")));
        File.WriteAllText(left, "");
        File.WriteAllText(young, "");
        using (DurableFile.Create(held))
        {
            File.SetLastWriteTimeUtc(left, now.UtcDateTime.AddHours(-3));
            File.SetLastWriteTimeUtc(held, now.UtcDateTime.AddHours(-3));
            DurableFile.RemoveAbandoned(_folder.Path, now);
            Assert.Equal([false, true, true], new[] { left, held, young }.Select(File.Exists));
        }
    }
}
