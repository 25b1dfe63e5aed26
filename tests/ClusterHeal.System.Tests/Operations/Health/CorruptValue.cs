using System.Text;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>
/// Changes a value in the database of a member that is stopped, as a disk does that has gone bad. The pages of bbolt have no checksums.
/// </summary>
internal static class CorruptValue
{
    /// <summary>Writes over every place where the value stands.</summary>
    /// <param name="database">The member's <c>snap/db</c>.</param>
    /// <param name="value">A value that is nowhere else.</param>
    /// <param name="corrupt">Another one of that length.</param>
    public static void Write(string database, string value, string corrupt)
    {
        var (bytes, old, changed) = (File.ReadAllBytes(database), Encoding.ASCII.GetBytes(value), Encoding.ASCII.GetBytes(corrupt));
        Assert.Equal(old.Length, changed.Length);
        var count = 0;
        for (var at = bytes.AsSpan().IndexOf(old); at >= 0; at = bytes.AsSpan().IndexOf(old))
        {
            changed.CopyTo(bytes.AsSpan(at));
            count++;
        }

        Assert.NotEqual(0, count);
        File.WriteAllBytes(database, bytes);
    }
}
