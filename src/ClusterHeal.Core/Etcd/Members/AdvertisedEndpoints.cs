using Etcdserverpb;

namespace ClusterHeal.Etcd.Members;

/// <summary>The client URLs that a member advertises. etcd accepts URLs that cannot be dialled, and a member that never ran has none.</summary>
internal static class AdvertisedEndpoints
{
    /// <summary>The endpoints of a member, in its order. Those that are invalid are left out.</summary>
    /// <param name="member">The member, as the cluster knows it.</param>
    /// <param name="fault">What is wrong with the last one that was left out, or null.</param>
    public static IReadOnlyList<EtcdEndpoint> Of(Member member, out string? fault)
    {
        var endpoints = new List<EtcdEndpoint>();
        fault = null;
        foreach (var url in member.ClientURLs)
        {
            try
            {
                endpoints.Add(EtcdEndpoint.Parse(url));
            }
            catch (ClusterHealException e)
            {
                fault = e.Message;
            }
        }

        return endpoints;
    }
}
