namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Who asks.</summary>
/// <param name="User">The user.</param>
/// <param name="Groups">The groups that the user is in.</param>
internal sealed record Identity(string User, string[] Groups)
{
    /// <summary>Somebody without a certificate or a token.</summary>
    public static readonly Identity Anonymous = new("system:anonymous", ["system:unauthenticated"]);

    public bool IsIn(string group) => Groups.Contains(group, StringComparer.Ordinal);
}
