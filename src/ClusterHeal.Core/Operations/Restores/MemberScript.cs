using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>The scripts about one member of etcd, each joined from files of <c>Hosts/Scripts</c>.</summary>
internal static class MemberScript
{
    /// <summary>The script that is on a host as long as data of its restore are there. It includes all that it needs.</summary>
    public static string Installed => Joined("ask-etcd", "planned-components", "heal-member", "member");

    /// <summary>The script that examines a host.</summary>
    public static string Inspect => Joined("inspect-member");

    /// <summary>The script with which a host asks etcd.</summary>
    public static string Ask => Joined("ask-etcd", "ask-member");

    /// <summary>The script that is on a host whose member is repaired.</summary>
    public static string Repair => Joined("ask-etcd", "planned-components", "change-settings", "repair-member");

    /// <summary>The script that is on a host while a drill has lowered the quota of its etcd.</summary>
    public static string LowerQuota => Joined("ask-etcd", "planned-components", "change-settings", "lower-quota");

    /// <summary>The script that is on a host whose certificates are renewed.</summary>
    public static string Renew => Joined("ask-etcd", "planned-components", "renew-certificates");

    private static string Joined(params string[] names) => HostScript.Library + string.Concat(names.Select(HostScript.Text));
}
