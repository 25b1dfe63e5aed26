using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>What <c>member.sh</c> has to know on its host: a file of shell assignments beside it.</summary>
internal sealed record MemberScriptPlan
{
    /// <summary>The id of the restore.</summary>
    public required string OperationId { get; init; }

    /// <summary>The data directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder of the log where it is not inside the data directory.</summary>
    public required string? WalDirectory { get; init; }

    /// <summary>etcd.</summary>
    public required ComponentStatus Etcd { get; init; }

    /// <summary>What else is stopped, in the order of its start.</summary>
    public required IReadOnlyList<ComponentStatus> ControlPlane { get; init; }

    /// <summary>How etcd is set up: its URLs and certificates are the ways to ask it for its health.</summary>
    public required EtcdConfiguration Configuration { get; init; }

    /// <summary>How long a member may take to become ready before the other side is tried.</summary>
    public required TimeSpan ReadyPatience { get; init; }

    /// <summary>The file's text.</summary>
    public override string ToString() => string.Concat(
        Assign("operation", OperationId),
        Assign("data", DataDirectory),
        Assign("wal", WalDirectory ?? ""),
        Assign("etcd", Line(Etcd)),
        Assign("control", string.Join('\n', ControlPlane.Select(Line))),
        Assign("health", string.Join('\n', WaysToAsk())),
        Assign("round", ((int)ReadyPatience.TotalSeconds).ToString(CultureInfo.InvariantCulture)));

    // The certificate that etcd shows may not be one for a client, the one between members is; kubeadm has a third kind.
    private IEnumerable<string> WaysToAsk()
    {
        var urls = Configuration.ListenClientUrls
            .Where(url => !url.StartsWith("unix", StringComparison.Ordinal))
            .Select(url => url.TrimEnd('/').Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal));
        (string? Certificate, string? Key)[] pairs =
        [
            (Configuration.CertFile, Configuration.KeyFile),
            (Configuration.ServerCertFile, Configuration.ServerKeyFile),
            (Configuration.PeerCertFile, Configuration.PeerKeyFile),
        ];
        var ca = Configuration.CaFile ?? Configuration.TrustedCaFile;
        foreach (var url in urls)
        {
            if (url.StartsWith("http://", StringComparison.Ordinal))
            {
                yield return url;
                continue;
            }

            foreach (var (certificate, key) in pairs.Distinct())
            {
                if (ca is not null && certificate is not null && key is not null) yield return string.Join('\t', url, ca, certificate, key);
            }
        }
    }

    private static string Line(ComponentStatus component)
    {
        var kind = component.Mechanism == ComponentMechanism.SystemdUnit ? "unit" : "manifest";
        return string.Join('\t', kind, component.Source, ProcessName(component.Component));
    }

    /// <summary>The name of the component's program.</summary>
    public static string ProcessName(ClusterComponent component) => component switch
    {
        ClusterComponent.ApiServer => "kube-apiserver",
        ClusterComponent.ControllerManager => "kube-controller-manager",
        ClusterComponent.Scheduler => "kube-scheduler",
        ClusterComponent.Etcd => "etcd",
        _ => throw new ArgumentOutOfRangeException(nameof(component), component, "A restore stops no such component."),
    };

    private static string Assign(string name, string value) => $"{name}={ShellQuote.Quote(value)}\n";
}
