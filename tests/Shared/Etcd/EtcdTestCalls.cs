using ClusterHeal.Etcd;
using Etcdserverpb;

namespace ClusterHeal.Tests.Etcd;

/// <summary>Calls of etcd that only tests make.</summary>
internal static class EtcdTestCalls
{
    public static Task<DeleteRangeResponse> DeleteRangeAsync(this EtcdClient client, DeleteRangeRequest request, CancellationToken stop) =>
        client.Caller.CallAsync("KV/DeleteRange", options => new KV.KVClient(client.Caller.Invoker).DeleteRangeAsync(request, options), stop);

    public static Task<LeaseLeasesResponse> LeasesAsync(this EtcdClient client, CancellationToken stop) =>
        client.Caller.CallAsync("Lease/LeaseLeases", options => LeaseOf(client).LeaseLeasesAsync(new(), options), stop);

    public static Task<AuthEnableResponse> AuthEnableAsync(this EtcdClient client, CancellationToken stop) =>
        client.Caller.CallAsync("Auth/AuthEnable", options => AuthOf(client).AuthEnableAsync(new(), options), stop);

    public static Task<AuthUserAddResponse> UserAddAsync(this EtcdClient client, AuthUserAddRequest request, CancellationToken stop) =>
        client.Caller.CallAsync("Auth/UserAdd", options => AuthOf(client).UserAddAsync(request, options), stop);

    public static Task<AuthUserListResponse> UserListAsync(this EtcdClient client, CancellationToken stop) =>
        client.Caller.CallAsync("Auth/UserList", options => AuthOf(client).UserListAsync(new(), options), stop);

    public static Task<AuthUserGrantRoleResponse> UserGrantRoleAsync(
        this EtcdClient client, AuthUserGrantRoleRequest request, CancellationToken stop) =>
        client.Caller.CallAsync("Auth/UserGrantRole", options => AuthOf(client).UserGrantRoleAsync(request, options), stop);

    public static Task<AuthRoleAddResponse> RoleAddAsync(this EtcdClient client, AuthRoleAddRequest request, CancellationToken stop) =>
        client.Caller.CallAsync("Auth/RoleAdd", options => AuthOf(client).RoleAddAsync(request, options), stop);

    public static Task<AuthRoleGrantPermissionResponse> RoleGrantPermissionAsync(
        this EtcdClient client, AuthRoleGrantPermissionRequest request, CancellationToken stop) =>
        client.Caller.CallAsync("Auth/RoleGrantPermission", options => AuthOf(client).RoleGrantPermissionAsync(request, options), stop);

    private static Auth.AuthClient AuthOf(EtcdClient client) => new(client.Caller.Invoker);

    private static Lease.LeaseClient LeaseOf(EtcdClient client) => new(client.Caller.Invoker);
}
