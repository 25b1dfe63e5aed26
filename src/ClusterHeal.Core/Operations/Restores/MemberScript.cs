using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The scripts about one member of etcd, each put together from files of <c>Hosts/Scripts</c>.</summary>
internal static class MemberScript
{
    /// <summary>The script that lies on a host for as long as there is data of its restore: all that it needs is in it.</summary>
    public static string Installed => Joined("library", "ask-etcd", "planned-components", "heal-member", "member");

    /// <summary>The script that looks at a host.</summary>
    public static string Inspect => Joined("library", "inspect-member");

    /// <summary>The script with which a host asks etcd.</summary>
    public static string Ask => Joined("library", "ask-etcd", "ask-member");

    /// <summary>The script that lies on a host whose member is repaired.</summary>
    public static string Repair => Joined("library", "ask-etcd", "planned-components", "change-settings", "repair-member");

    /// <summary>The script that lies on a host while a drill has lowered the quota of its etcd.</summary>
    public static string LowerQuota => Joined("library", "ask-etcd", "planned-components", "change-settings", "lower-quota");

    /// <summary>The script that lies on a host whose certificates are renewed.</summary>
    public static string Renew => Joined("library", "ask-etcd", "planned-components", "renew-certificates");

    /// <summary>The script that lists the repairs of which a host knows.</summary>
    public static string ListRepairs => Joined("library", "list-repairs");

    private static string Joined(params string[] names) => string.Concat(names.Select(HostScript.Text));
}
