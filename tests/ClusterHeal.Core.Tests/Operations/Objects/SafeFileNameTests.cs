using System.Buffers;
using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Objects;

/// <summary>Names of objects as names of files: safe on every system, and different for different names.</summary>
public sealed class SafeFileNameTests
{
    private static readonly SearchValues<char> NotInFiles = SearchValues.Create("<>:\"/\\|?*");

    [Theory]
    [InlineData("nginx-5d98dc958f", "nginx-5d98dc958f")]
    [InlineData("widgets.example.com", "widgets.example.com")]
    [InlineData("system:node", "system%3Anode")]
    [InlineData("..", "%2E%2E")]
    [InlineData(".hidden.", "%2Ehidden%2E")]
    [InlineData("a/../b", "a%2F..%2Fb")]
    [InlineData("Admin", "%41dmin")]
    [InlineData("con", "%63on")]
    [InlineData("com1.x", "%63om1.x")]
    [InlineData("_cluster", "%5Fcluster")]
    [InlineData("a%b", "a%25b")]
    [InlineData("ä\n", "%C3%A4%0A")]
    public void A_name_is_written_as_in_a_URL_where_a_file_could_not_have_it(string name, string expected) => Assert.Equal(expected, SafeFileName.Of(name));

    [Fact]
    public void Different_names_are_different_files_even_where_case_does_not_count()
    {
        var random = new Random(18);
        string[] names =
        [
            .. Enumerable.Range(0, 65536 / 16).Select(i => ((char)(i * 16)).ToString()),
            .. Enumerable.Range(0, 3000).Select(_ => string.Concat(Enumerable.Range(0, 1 + random.Next(6)).Select(_ => "aA.:/%_~- 1\0é"[random.Next(13)]))),
            new string('a', 253), new string('a', 252) + "b", new string(':', 253), new string(':', 252) + "b",
        ];
        // Halves of surrogate pairs are no text and cannot be in a key.
        names = [.. names.Where(name => !name.Any(char.IsSurrogate)).Distinct()];
        var files = names.Select(SafeFileName.Of).ToArray();
        Assert.Equal(names.Length, files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(files, file =>
        {
            Assert.InRange(file.Length, 1, 200);
            Assert.Equal(-1, file.AsSpan().IndexOfAny(NotInFiles));
            Assert.True(file.All(letter => letter is > ' ' and < '\x7f') && file[0] != '.' && file[^1] != '.', file);
        });
    }
}
