using System.Globalization;
using System.Text;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>The JSON in which etcd keeps the members of a cluster.</summary>
internal static class MembershipJson
{
    /// <summary>How many events the history of the old store holds; free places are null.</summary>
    private const int HistoryCapacity = 1000;

    /// <summary>The key of a member in the bucket <c>members</c>: its ID in hex, not padded.</summary>
    public static string Key(InitialMember member) => member.Id.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>A member as in the bucket <c>members</c> and in raft's configuration changes (etcd: membership.Member).</summary>
    public static string Member(InitialMember member) =>
        new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{{\"id\":{member.Id},\"peerURLs\":").AppendArray(member.PeerUrls)
            .Append(",\"name\":").AppendQuoted(member.Name).Append('}')
            .ToString();

    /// <summary>Raft's configuration as in the bucket <c>meta</c> (etcd: raftpb.ConfState).</summary>
    public static string ConfState(InitialCluster cluster) =>
        $"{{\"voters\":[{string.Join(',', cluster.Members.Select(m => m.Id))}],\"auto_leave\":false}}";

    /// <summary>
    /// The store of API version 2 with nothing but the members in it, which servers up to 3.6 read from the <c>.snap</c> file
    /// (etcd: server/etcdserver/api/v2store; its index goes up with each member).
    /// </summary>
    /// <param name="cluster">The members.</param>
    /// <param name="failedGets">The statistics' count of reads without a result; etcdutl has made one since 3.6.</param>
    public static string Store(InitialCluster cluster, int failedGets)
    {
        var members = cluster.Members.Select((member, i) => (Member: member, Index: i + 1)).ToArray();
        var json = new StringBuilder("{\"Root\":");
        AppendFolder(json, "/", 0, () =>
        {
            json.Append("\"0\":");
            AppendFolder(json, "/0", 0, () =>
            {
                json.Append("\"members\":");
                AppendFolder(json, "/0/members", 1, () => AppendMembers(json, members));
            });
            json.Append(",\"1\":");
            AppendFolder(json, "/1", 0, () => { });
        });

        json.Append(",\"WatcherHub\":{\"EventHistory\":{\"Queue\":{\"Events\":[");
        foreach (var (member, index) in members) AppendEvent(json, member, index);
        for (var i = members.Length; i < HistoryCapacity; i++) json.Append("null,");
        json.Length--;
        return json
            .Append(CultureInfo.InvariantCulture, $"],\"Size\":{members.Length},\"Front\":0,\"Back\":{members.Length}")
            .Append(CultureInfo.InvariantCulture, $",\"Capacity\":{HistoryCapacity}}},\"StartIndex\":1,\"LastIndex\":{members.Length}}}}}")
            .Append(CultureInfo.InvariantCulture, $",\"CurrentIndex\":{members.Length},\"Stats\":{{\"getsSuccess\":0,\"getsFail\":{failedGets}")
            .Append(",\"setsSuccess\":0,\"setsFail\":0,\"deleteSuccess\":0,\"deleteFail\":0,\"updateSuccess\":0,\"updateFail\":0")
            .Append(CultureInfo.InvariantCulture, $",\"createSuccess\":{members.Length},\"createFail\":0,\"compareAndSwapSuccess\":0")
            .Append(",\"compareAndSwapFail\":0,\"compareAndDeleteSuccess\":0,\"compareAndDeleteFail\":0,\"expireCount\":0,\"watchers\":0}")
            .Append(",\"CurrentVersion\":2}")
            .ToString();
    }

    private static void AppendMembers(StringBuilder json, (InitialMember Member, int Index)[] members)
    {
        var separator = "";
        foreach (var (member, index) in members.OrderBy(m => Key(m.Member), StringComparer.Ordinal))
        {
            json.Append(CultureInfo.InvariantCulture, $"{separator}\"{Key(member)}\":");
            AppendFolder(json, $"/0/members/{Key(member)}", index, () =>
            {
                json.Append("\"raftAttributes\":");
                AppendNode(json, AttributesPath(member), index, RaftAttributes(member)).Append("null}");
            });
            separator = ",";
        }
    }

    private static void AppendFolder(StringBuilder json, string path, int index, Action appendChildren)
    {
        AppendNode(json, path, index, "").Append('{');
        appendChildren();
        json.Append("}}");
    }

    private static StringBuilder AppendNode(StringBuilder json, string path, int index, string value) =>
        json.Append("{\"Path\":").AppendQuoted(path)
            .Append(CultureInfo.InvariantCulture, $",\"CreatedIndex\":{index},\"ModifiedIndex\":{index}")
            .Append(",\"ExpireTime\":\"0001-01-01T00:00:00Z\",\"Value\":").AppendQuoted(value)
            .Append(",\"Children\":");

    private static void AppendEvent(StringBuilder json, InitialMember member, int index) =>
        json.Append("{\"action\":\"create\",\"node\":{\"key\":").AppendQuoted(AttributesPath(member))
            .Append(",\"value\":").AppendQuoted(RaftAttributes(member))
            .Append(CultureInfo.InvariantCulture, $",\"modifiedIndex\":{index},\"createdIndex\":{index}}}}},");

    private static string AttributesPath(InitialMember member) => $"/0/members/{Key(member)}/raftAttributes";

    private static string RaftAttributes(InitialMember member) =>
        new StringBuilder("{\"peerURLs\":").AppendArray(member.PeerUrls).Append('}').ToString();
}
