using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

/// <summary>What the operating system says about a path is told as what it is. A disk that is full: <c>RestoreDiskFullTests</c>.</summary>
public sealed class FileFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A file that cannot be made with a size has not always met a full disk.</summary>
    [Fact]
    public void A_name_that_is_too_long_is_no_full_disk()
    {
        var path = _folder.File(new string('a', 300));
        var cause = Assert.ThrowsAny<IOException>(() => DurableFile.Create(path, expectedSize: 1 << 20).Dispose());

        var fault = FileFault.From(cause, path, "write");

        Assert.NotEqual(FaultCategory.ResourceExhausted, fault.Category);
        Assert.DoesNotContain("disk is full", fault.Message, StringComparison.Ordinal);
    }
}
