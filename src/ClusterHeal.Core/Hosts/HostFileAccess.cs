namespace ClusterHeal.Hosts;

/// <summary>The mode and owner of a file on a host.</summary>
/// <param name="Mode">The permission bits, such as <c>UserRead | UserWrite</c> for <c>rw-------</c>.</param>
/// <param name="Owner">The user's name or number, or null for the writer.</param>
/// <param name="Group">The group's name or number, or null for the writer's.</param>
public sealed record HostFileAccess(UnixFileMode Mode, string? Owner = null, string? Group = null)
{
    /// <summary>Only its owner may read and write it: the default for every file.</summary>
    public static HostFileAccess Private { get; } = new(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>The mode as <c>chmod</c> takes it: <c>0600</c>.</summary>
    public string Octal => "0" + Convert.ToString((int)Mode, 8);
}
