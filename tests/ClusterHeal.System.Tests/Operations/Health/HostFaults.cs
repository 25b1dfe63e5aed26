using System.Text.RegularExpressions;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>Faults of hosts, of the components on them, of etcd and of certificates.</summary>
internal static partial class HostFaults
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string ExtraPeers = "12380";
    private const string Sound = "blue-and-yellow";
    private const string Corrupt = "blue-and-fellow";

    /// <summary>What is seen for a while where a leader or a kubelet had its API server on a host that is lost.</summary>
    private static readonly string[] Failover = ["SchedulerLease", "ControllerManagerLease", "NodeLease", "NodeReady"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static IReadOnlyList<LiveFault> All { get; } =
    [
        new(
            "one scheduler of three is stopped",
            lab => lab.OnAsync("kubem01", "systemctl stop kube-scheduler"),
            lab => lab.OnAsync("kubem01", "systemctl start kube-scheduler"),
            "HostComponents Fail Scheduler on kubem01") { MayFollow = ["SchedulerLease"] },
        new(
            "all schedulers are stopped",
            lab => lab.OnMastersAsync("systemctl stop kube-scheduler"),
            lab => lab.OnMastersAsync("systemctl start kube-scheduler"),
            "SchedulerLease Fail kube-scheduler",
            "HostComponents Fail Scheduler on kubem00",
            "HostComponents Fail Scheduler on kubem01",
            "HostComponents Fail Scheduler on kubem02"),
        new(
            "one API server of three is stopped",
            lab => lab.OnAsync("kubem01", "systemctl stop kube-apiserver"),
            lab => lab.OnAsync("kubem01", "systemctl start kube-apiserver"),
            "HostComponents Fail ApiServer on kubem01")
        {
            MayFollow = [.. Failover, "ApiServerReady Fail https://kubem01"],
        },
        new(
            "a member of etcd is stopped, and its API server has no etcd",
            lab => lab.OnAsync("kubem01", "systemctl stop etcd"),
            lab => lab.OnAsync("kubem01", "systemctl start etcd"),
            "EtcdMembers Fail kubem01",
            "EtcdQuorum Warning practice",
            "HostComponents Fail Etcd on kubem01",
            "ApiServerReady Fail kubem01") { MayFollow = [.. Failover, "ApiServerReady Fail https://kubem01"] },
        new(
            "a certificate in a file has expired",
            lab => ReplaceAsync(lab, "kubem00", "/etc/kubernetes/pki/front-proxy-client", TimeSpan.FromMinutes(-5)),
            lab => PutBackAsync(lab, "kubem00", "/etc/kubernetes/pki/front-proxy-client.crt", "/etc/kubernetes/pki/front-proxy-client.key"),
            "Certificates Fail /etc/kubernetes/pki/front-proxy-client.crt (kubem00)"),
        new(
            "a certificate of etcd ends soon, in its file and as it is shown",
            lab => ReplaceAsync(lab, "kubem01", "/etc/etcd/pki/server", TimeSpan.FromDays(5)),
            lab => PutBackAsync(lab, "kubem01", "/etc/etcd/pki/server.crt", "/etc/etcd/pki/server.key"),
            "Certificates Warning etcd (https://kubem01:2379)",
            "Certificates Warning /etc/etcd/pki/server.crt (kubem01)"),
        new(
            "a certificate between members of etcd ends soon",
            lab => ReplaceAsync(lab, "kubem02", "/etc/etcd/pki/peer", TimeSpan.FromDays(5)),
            lab => PutBackAsync(lab, "kubem02", "/etc/etcd/pki/peer.crt", "/etc/etcd/pki/peer.key"),
            "Certificates Warning /etc/etcd/pki/peer.crt (kubem02)"),
        OfKubeconfig("controller-manager", TimeSpan.FromMinutes(-5), "Fail"),
        OfKubeconfig("scheduler", TimeSpan.FromMinutes(-5), "Fail"),
        OfKubeconfig("admin", TimeSpan.FromDays(5), "Warning"),
        new(
            "a kubeconfig names the file of a certificate that ends soon",
            async lab =>
            {
                await ReplaceAsync(lab, "kubem01", "/etc/kubernetes/admin.conf", text => InFile().Replace(text, "client-certificate: pki/admin.crt"));
                var issued = lab.Cluster.Etcd.Authority.Issue("admin", [], notAfter: TimeProvider.System.GetUtcNow().AddDays(5));
                lab["kubem01"].Disk.Write("/etc/kubernetes/pki/admin.crt", issued.CertificatePem);
            },
            lab => PutBackAsync(lab, "kubem01", "/etc/kubernetes/admin.conf"),
            "Certificates Warning /etc/kubernetes/pki/admin.crt (kubem01)"),
        OfOwnKubeconfig(
            "the certificate of our kubeconfig has expired",
            TimeSpan.FromMinutes(-5),
            "ApiServerReady Fail https://entry:6443",
            "Certificates Fail client of the kubeconfig (practice)"),
        OfOwnKubeconfig(
            "the certificate of our kubeconfig ends soon",
            TimeSpan.FromDays(5),
            "Certificates Warning client of the kubeconfig (practice)"),
        new(
            "a host cannot be logged in to",
            lab => lab.OnAsync("kubem02", "systemctl stop ssh.socket ssh.service sshd.service 2>/dev/null; true"),
            lab => lab.OnAsync("kubem02", "systemctl start ssh.service || systemctl start sshd.service"),
            "HostComponents Unknown kubem02"),
        new(
            "etcd is full",
            lab => AlarmAsync(lab, AlarmRequest.Types.AlarmAction.Activate),
            lab => AlarmAsync(lab, AlarmRequest.Types.AlarmAction.Deactivate),
            "EtcdAlarms Fail kubem00") { Areas = [HealthArea.Etcd] },
        new(
            "a member of etcd is corrupt",
            async lab =>
            {
                await lab.EtcdCtlAsync("put", "/colours", Sound);
                await CorruptAsync(lab, Sound, Corrupt);
            },
            lab => CorruptAsync(lab, Corrupt, Sound),
            "EtcdHash Fail kubem02") { MayFollow = [.. Failover, "ApiServerReady Fail https://kubem02"] },
        new(
            "a member was added to etcd and has never joined",
            AddMemberAsync,
            RemoveMemberAsync,
            "EtcdMembers Warning"),
        new(
            "a learner was never promoted",
            async lab =>
            {
                await AddMemberAsync(lab);
                await StartMemberAsync(lab);
            },
            RemoveMemberAsync,
            "EtcdLearners Warning extra"),
        new(
            "etcd has an even number of voters",
            async lab =>
            {
                await AddMemberAsync(lab);
                await StartMemberAsync(lab);
                await Hosts.HostLab.EventuallyAsync(
                    async () => (await lab.TryEtcdCtlAsync("member", "promote", lab.Notes["extra"])).ExitCode == 0,
                    "the learner has caught up");
            },
            RemoveMemberAsync,
            "EtcdVoters Warning practice"),
        new(
            "a kubelet is dead, and its node is not Ready",
            lab => lab.OnAsync("kubew02", "systemctl stop kubelet"),
            lab => lab.OnAsync("kubew02", "systemctl start kubelet"),
            "NodeLease Fail kubew02"),
        new(
            "all controller managers are stopped, and a kubelet is dead: its node stays Ready",
            async lab =>
            {
                await lab.OnMastersAsync("systemctl stop kube-controller-manager");
                await lab.OnAsync("kubew02", "systemctl stop kubelet");
            },
            async lab =>
            {
                await lab.OnAsync("kubew02", "systemctl start kubelet");
                await lab.OnMastersAsync("systemctl start kube-controller-manager");
            },
            "ControllerManagerLease Fail kube-controller-manager",
            "NodeLease Fail kubew02",
            "HostComponents Fail ControllerManager on kubem00",
            "HostComponents Fail ControllerManager on kubem01",
            "HostComponents Fail ControllerManager on kubem02"),
        new(
            "a pod is to end, and the kubelet that could end it is dead",
            async lab =>
            {
                await lab.CreateAsync(Pods, ObjectFaults.Pod("ending", "", "\"nodeName\":\"kubew02\","));
                await lab.OnAsync("kubew02", "systemctl stop kubelet");
                await lab.DeleteAsync($"{Pods}/ending?gracePeriodSeconds=1");
            },
            lab => lab.OnAsync("kubew02", "systemctl start kubelet"),
            "NodeLease Fail kubew02",
            "StuckPods Warning default/ending"),
        new(
            "an endpoint belongs to another cluster",
            async lab =>
            {
                const string Other = "etcd --name other --data-dir /var/lib/etcd-other --listen-client-urls http://0.0.0.0:22379"
                    + " --advertise-client-urls http://127.0.0.1:22379 --listen-peer-urls http://127.0.0.1:22380"
                    + " --initial-advertise-peer-urls http://127.0.0.1:22380 --initial-cluster other=http://127.0.0.1:22380";
                await lab.OnAsync("kubew01", $"systemd-run --unit=etcd-other /usr/bin/{Other}");
            },
            lab => lab.OnAsync("kubew01", "systemctl stop etcd-other"),
            "EtcdCluster Fail practice")
        {
            Stranger = lab => $"http://{lab["kubew01"].Address}:22379", MayFollow = ["EtcdLeader"],
        },
        new(
            "a member of etcd is cut off from the others, and lags behind",
            async lab =>
            {
                foreach (var other in new[] { "kubem00", "kubem01" }) await lab["kubem02"].DropRouteAsync(lab[other].Address, Stop);
                using var client = lab.Etcd.Open(lab.Etcd.Endpoints[0]);
                var put = new PutRequest { Key = ByteString.CopyFromUtf8("/lag"), Value = ByteString.CopyFromUtf8("1") };
                await Hosts.HostLab.EventuallyAsync(
                    async () =>
                    {
                        try
                        {
                            for (var i = 0; i < 1500; i += 100)
                                await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.PutAsync(put, Stop)));
                            return true;
                        }
                        catch (EtcdException)
                        {
                            return false; // The members vote for a new leader.
                        }
                    },
                    "the others go on");
            },
            async lab =>
            {
                foreach (var other in new[] { "kubem00", "kubem01" }) await lab["kubem02"].RestoreRouteAsync(lab[other].Address, Stop);
            },
            "EtcdMembers Fail kubem02",
            "EtcdQuorum Warning practice",
            "EtcdLeader Fail https://kubem02:2379",
            "EtcdRaftLag Warning kubem02",
            "ApiServerReady Fail kubem02")
        {
            MayFollow = [.. Failover, "ApiServerReady Fail https://kubem02"],
        },
        new(
            "a host of the control plane has lost its power",
            lab => lab["kubem02"].PowerOffAsync(Stop),
            lab => lab["kubem02"].PowerOnAsync(Stop),
            "HostComponents Unknown kubem02",
            "EtcdMembers Fail kubem02",
            "EtcdQuorum Warning practice")
        {
            MayFollow = [.. Failover, "ApiServerReady Unknown https://kubem02"],
        },
        new(
            "etcd has lost its quorum",
            lab => Task.WhenAll(new[] { "kubem01", "kubem02" }.Select(host => lab.OnAsync(host, "systemctl stop etcd"))),
            lab => Task.WhenAll(new[] { "kubem01", "kubem02" }.Select(host => lab.OnAsync(host, "systemctl start etcd"))),
            "EtcdMembers Fail kubem00",
            "EtcdMembers Fail kubem01",
            "EtcdMembers Fail kubem02",
            "EtcdQuorum Fail practice",
            "EtcdLeader Fail https://kubem00:2379",
            "HostComponents Fail Etcd on kubem01",
            "HostComponents Fail Etcd on kubem02",
            "ApiServerReady Fail https://entry:6443",
            "ApiServerReady Fail kubem00",
            "ApiServerReady Fail kubem01",
            "ApiServerReady Fail kubem02") { MayFollow = ["HostComponents Fail"] },
    ];

    /// <summary>What is in a kubeconfig of a host; the component there has read it long ago.</summary>
    private static LiveFault OfKubeconfig(string name, TimeSpan left, string status)
    {
        var file = $"/etc/kubernetes/{name}.conf";
        return new(
            $"the certificate in {name}.conf {(left > TimeSpan.Zero ? "ends soon" : "has expired")}",
            lab => ReplaceAsync(lab, "kubem00", file, _ => lab.Cluster.AdministratorsKubeconfig(TimeProvider.System.GetUtcNow() + left)),
            lab => PutBackAsync(lab, "kubem00", file),
            $"Certificates {status} {file} (kubem00)");
    }

    private static LiveFault OfOwnKubeconfig(string name, TimeSpan left, params string[] expected) => new(
        name,
        lab => File.WriteAllTextAsync(
            lab.Notes["kubeconfig"] = Path.Combine(lab.Cluster.Hosts.Folder, "other.kubeconfig"),
            lab.Cluster.AdministratorsKubeconfig(TimeProvider.System.GetUtcNow() + left),
            Stop),
        _ => Task.CompletedTask,
        expected)
    { Kubeconfig = lab => lab.Notes["kubeconfig"] };

    private static async Task CorruptAsync(HealthLab lab, string value, string corrupt)
    {
        await lab.OnAsync("kubem02", "systemctl stop etcd");
        CorruptValue.Write(lab["kubem02"].Disk.PathOf("/var/lib/etcd/member/snap/db"), value, corrupt);
        await lab.OnAsync("kubem02", "systemctl start etcd");
    }

    private static async Task ReplaceAsync(HealthLab lab, string host, string file, TimeSpan left)
    {
        var issued = lab.Cluster.Etcd.Authority.Issue(
            host, [host, "localhost", lab[host].Address, "127.0.0.1"], notBefore: null, notAfter: TimeProvider.System.GetUtcNow() + left);
        await ReplaceAsync(lab, host, file + ".crt", _ => issued.CertificatePem);
        await ReplaceAsync(lab, host, file + ".key", _ => issued.KeyPem);
    }

    private static async Task ReplaceAsync(HealthLab lab, string host, string file, Func<string, string> change)
    {
        lab.Notes[file] = await File.ReadAllTextAsync(lab[host].Disk.PathOf(file), Stop);
        lab[host].Disk.WritePrivate(file, change(lab.Notes[file]));
    }

    private static Task PutBackAsync(HealthLab lab, string host, params string[] files)
    {
        foreach (var file in files) lab[host].Disk.WritePrivate(file, lab.Notes[file]);
        return Task.CompletedTask;
    }

    private static async Task AlarmAsync(HealthLab lab, AlarmRequest.Types.AlarmAction action)
    {
        using var client = lab.Etcd.Open(lab.Etcd.Endpoints[0]);
        var member = (await client.StatusAsync(Stop)).Header.MemberId;
        await client.AlarmAsync(new AlarmRequest { Action = action, MemberID = member, Alarm = AlarmType.Nospace }, Stop);
    }

    private static Task AddMemberAsync(HealthLab lab)
    {
        var peer = $"https://{lab["kubem00"].Address}:{ExtraPeers}";
        return Hosts.HostLab.EventuallyAsync(
            async () =>
            {
                // Soon after a removal etcd may answer with an error, whether it has added the member or not.
                await lab.TryEtcdCtlAsync("member", "add", "extra", "--learner", $"--peer-urls={peer}");
                var members = (await lab.EtcdCtlAsync("member", "list")).Split('\n');
                lab.Notes["extra"] = members.FirstOrDefault(line => line.Contains(peer, StringComparison.Ordinal))?.Split(',')[0] ?? "";
                return lab.Notes["extra"] != "";
            },
            "the member is added");
    }

    private static async Task StartMemberAsync(HealthLab lab)
    {
        var address = lab["kubem00"].Address;
        var members = string.Join(',', lab.Cluster.Masters.Select(h => $"{h.Name}=https://{h.Address}:2380"));
        var pki = lab.Cluster.Etcd.CertificateFolder;
        await lab.OnAsync("kubem00", $"""
            systemd-run --quiet --unit=etcd-extra /usr/bin/etcd --name=extra --data-dir=/var/lib/etcd-extra \
              --listen-client-urls=https://{address}:12379 --advertise-client-urls=https://{address}:12379 \
              --listen-peer-urls=https://{address}:{ExtraPeers} --initial-advertise-peer-urls=https://{address}:{ExtraPeers} \
              --initial-cluster={members},extra=https://{address}:{ExtraPeers} --initial-cluster-state=existing \
              --cert-file={pki}/server.crt --key-file={pki}/server.key --trusted-ca-file={pki}/ca.crt --client-cert-auth \
              --peer-cert-file={pki}/peer.crt --peer-key-file={pki}/peer.key --peer-trusted-ca-file={pki}/ca.crt --peer-client-cert-auth
            """);
    }

    private static async Task RemoveMemberAsync(HealthLab lab)
    {
        await lab.EtcdCtlAsync("member", "remove", lab.Notes["extra"]);
        await lab.OnAsync("kubem00", "systemctl stop etcd-extra 2>/dev/null; rm -rf /var/lib/etcd-extra");
    }

    [GeneratedRegex("client-certificate-data: .*")]
    private static partial Regex InFile();
}
