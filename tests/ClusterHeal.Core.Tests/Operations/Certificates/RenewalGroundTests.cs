using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Certificates;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>From what was found to the order of the work, and to what the plan says besides.</summary>
public sealed class RenewalGroundTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_etcd_comes_first_then_all_API_servers_then_the_rest_and_a_shared_file_is_laid_once()
    {
        using var certificate = Certificate();
        RenewalHostGround[] hosts = [Host("a", certificate, serves: true), Host("b", certificate, serves: false)];
        RenewedFile[] files = [.. hosts.SelectMany(host => host.Certificates).Select(found => File(found, certificate))];
        var groups = new RenewalGround(hosts, files, Now).Groups;
        // The member that does not serve is first: the quorum needs the others.
        Assert.Equal(
            ["Etcd on b", "Etcd on a", "ApiServer on a", "ApiServer on b", "Scheduler on a", "Scheduler on b", "the files of a", "the files of b"],
            groups.Select(group => group.Title));
        Assert.Equal(files.Length, groups.Sum(group => group.Files.Count));
        Assert.Contains("/pki/shared.crt", groups[1].Files.Select(file => file.Former.Path));
        Assert.DoesNotContain("/pki/shared.crt", groups[2].Files.Select(file => file.Former.Path));
    }

    [Fact]
    public void A_component_that_is_stopped_is_not_started()
    {
        using var certificate = Certificate();
        var host = Host("a", certificate, serves: true);
        host = host with { ControlPlane = [.. host.ControlPlane.Select(c => c with { State = ComponentState.Stopped })] };
        var group = Assert.Single(new RenewalGround([host], [.. host.Certificates.Select(found => File(found, certificate))], Now).Groups);
        Assert.Equal("the files of a", group.Title);
    }

    [Theory]
    [InlineData(true, 1, false)]
    [InlineData(true, -1, true)]
    [InlineData(false, 1, true)]
    public void Members_are_cut_off_if_none_serves_or_a_peer_certificate_has_ended(bool serves, int hoursLeft, bool isCutOff)
    {
        using var certificate = Certificate();
        var host = Host("a", certificate, serves) with { Certificates = [Found("a", "/pki/peer.crt", Certificate(Now.AddHours(hoursLeft)), ClusterComponent.Etcd)] };
        var ground = new RenewalGround([host], [], Now);
        Assert.Equal(isCutOff, ground.EtcdIsCutOff);
    }

    [Fact]
    public void A_kubelet_whose_certificate_has_ended_is_named_and_not_touched()
    {
        using var certificate = Certificate();
        var host = Host("a", certificate, serves: true) with { KubeletUntil = Now.AddDays(-1) };
        var note = Assert.Single(RenewalPlanner.Notes(new RenewalGround([host], [], Now)));
        Assert.Contains("The kubelet of a has a client certificate that ended at 2026-11-29", note, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_be_secret_is_in_no_text_of_a_record()
    {
        using var certificate = Certificate();
        var file = File(Found("a", "/etc/admin.conf", certificate) with { Text = "SECRET" }, certificate) with { Text = "SECRET", KeyText = "SECRET" };
        Assert.DoesNotContain("SECRET", $"{file} {file.Former} {new RenewedCertificate("SECRET", "SECRET")} {file.ToModel("op1")}", StringComparison.Ordinal);
    }

    private static RenewalHostGround Host(string name, X509Certificate2 certificate, bool serves) => new()
    {
        Shell = new NamedShell(name),
        ControlPlane =
        [
            Component(name, ClusterComponent.Etcd), Component(name, ClusterComponent.ApiServer), Component(name, ClusterComponent.Scheduler),
        ],
        Kubelet = Component(name, ClusterComponent.Kubelet),
        Etcd = new EtcdConfiguration
        {
            Path = "/etc/etcd.conf", Form = EtcdConfigurationForm.Unit, Name = name, DataDirectory = "/var/lib/etcd", ListenClientUrls = [], AdvertiseClientUrls = [],
            ListenPeerUrls = [], InitialAdvertisePeerUrls = [], InitialCluster = "", InitialClusterToken = "", InitialClusterState = "new", Endpoint = [],
            PeerCertFile = "/pki/peer.crt",
        },
        EtcdServes = serves,
        ApiServerIsReady = serves,
        Certificates =
        [
            Found(name, "/pki/shared.crt", certificate, ClusterComponent.Etcd, ClusterComponent.ApiServer),
            Found(name, "/pki/apiserver.crt", certificate, ClusterComponent.ApiServer),
            Found(name, "/etc/scheduler.conf", certificate, ClusterComponent.Scheduler),
            Found(name, "/etc/admin.conf", certificate),
        ],
        Authorities = [],
        Faults = [],
        ClockAhead = TimeSpan.Zero,
        KubeletUntil = null,
    };

    private static ComponentStatus Component(string host, ClusterComponent component) =>
        new() { HostName = host, Component = component, State = ComponentState.Running, Mechanism = ComponentMechanism.SystemdUnit, UnitName = $"{component}.service" };

    private static HostCertificate Found(string host, string path, X509Certificate2 certificate, params ClusterComponent[] users) =>
        new() { HostName = host, Path = path, Text = "", Certificate = certificate, UsedBy = users };

    private static RenewedFile File(HostCertificate former, X509Certificate2 certificate) =>
        new() { Former = former, Issuer = "CN=ca", Text = "", KeyText = null, Certificate = certificate };

    private static X509Certificate2 Certificate(DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-10), notAfter ?? Now.AddDays(10));
    }

    private sealed class NamedShell(string name) : IHostShell
    {
        public string HostName => name;

        public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
