namespace ClusterHeal.Hosts;

/// <summary>The patterns of ssh_config(5): a list with commas, with <c>*</c> and <c>?</c>. A <c>!</c> excludes.</summary>
internal static class HostPattern
{
    /// <summary>True if one of the patterns fits and none with a <c>!</c> does.</summary>
    /// <param name="patterns">The list.</param>
    /// <param name="name">The name in lower case.</param>
    public static bool Matches(string patterns, string name)
    {
        var fits = false;
        foreach (var pattern in patterns.ToLowerInvariant().Split(','))
        {
            if (pattern is ['!', .. var excluded])
            {
                if (Fits(excluded, name)) return false;
            }
            else if (Fits(pattern, name))
            {
                fits = true;
            }
        }

        return fits;
    }

    // Without recursion for each star: the cost of a hostile line must stay below its length times that of the name.
    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
