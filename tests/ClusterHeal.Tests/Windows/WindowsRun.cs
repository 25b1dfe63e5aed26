using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClusterHeal.Practice;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Windows;

/// <summary>One run of all tests for Windows, in one process of PowerShell for Windows, since each start of it takes long.</summary>
public sealed partial class WindowsRun
{
    private const string Token = "practice-token";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly Lazy<Task<IReadOnlyList<Result>>> _results = new(StartAsync);

    /// <summary>What became of a test.</summary>
    /// <param name="File">Its file's name.</param>
    /// <param name="Name">What stands behind its <c>It</c>.</param>
    /// <param name="Failure">Why it failed, or null.</param>
    public sealed record Result(string File, string Name, string? Failure);

    /// <summary>The results of all tests.</summary>
    public Task<IReadOnlyList<Result>> ResultsAsync(CancellationToken cancellationToken) => _results.Value.WaitAsync(cancellationToken);

    private static async Task<IReadOnlyList<Result>> StartAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var stop = deadline.Token;
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) throw new PracticeException("Wine gets a root folder of its own, which only root on Linux can give it.");
        var files = await WindowsFiles.GetAsync(stop);
        var folder = Directory.CreateTempSubdirectory("clusterheal-windows-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "tokens"), $"{Token},admin,1,\"system:masters\"\n", stop);
            await using var plane = await LocalControlPlane.StartAsync(
                new LocalControlPlaneOptions { Nodes = ["kubew01", "kubew02"], ApiServerArguments = [$"--token-auth-file={Path.Combine(folder, "tokens")}"] }, stop);
            // An etcd that names an authority for its clients demands certificates of them, whatever else it is told.
            var options = new LocalEtcdOptions { Tls = true, ClientCertAuth = false, Arguments = ["--trusted-ca-file="] };
            await using var etcd = await LocalEtcd.StartAsync(options, stop);
            foreach (var file in new[] { etcd.CaFile, etcd.CertFile, etcd.KeyFile }) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            var environment = new Dictionary<string, string?>
            {
                ["CLUSTERHEAL_TEST_HTTP"] = plane.Etcd.Endpoint,
                ["CLUSTERHEAL_TEST_HTTPS"] = etcd.Endpoint,
                ["CLUSTERHEAL_TEST_CA"] = @"Z:\work\" + Path.GetFileName(etcd.CaFile),
                ["CLUSTERHEAL_TEST_CERT"] = @"Z:\work\" + Path.GetFileName(etcd.CertFile),
                ["CLUSTERHEAL_TEST_KEY"] = @"Z:\work\" + Path.GetFileName(etcd.KeyFile),
                ["CLUSTERHEAL_TEST_SERVER"] = await PrepareKubeconfigAsync(plane, folder, stop),
            };
            (string, string)[] folders =
            [
                (RepositoryRoot.Path, "repository"),
                (Path.Combine(AppContext.BaseDirectory, "Pester"), "pester"),
                (folder, "work"),
                (Directory.CreateDirectory(Path.Combine(folder, "share")).FullName, "prefix/dosdevices/unc/server/share"),
            ];
            var said = await new WineMachine(files).RunAsync(
                @"/pwsh/pwsh.exe -NoProfile -NonInteractive -File Z:\repository\tests\Module\Windows\Run.ps1", folders, environment, stop);
            var results = Read(Path.Combine(folder, "results.xml"), said);
            if (File.Exists(Path.Combine(folder, "shown.txt"))) Console.WriteLine(await File.ReadAllTextAsync(Path.Combine(folder, "shown.txt"), stop));
            return results;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes a kubeconfig with a token: Wine's key store takes no client certificate.</summary>
    /// <returns>The server's address.</returns>
    private static async Task<string> PrepareKubeconfigAsync(LocalControlPlane plane, string folder, CancellationToken cancellationToken)
    {
        var given = await File.ReadAllTextAsync(plane.Kubeconfig, cancellationToken);
        var authority = Convert.FromBase64String(AuthorityData().Match(given).Groups[1].Value);
        await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "kube", "pki")).FullName, "ca.crt"), authority, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "kube", "config"), $$"""
            apiVersion: v1
            kind: Config
            current-context: practice
            clusters:
            - name: practice
              cluster:
                server: '{{plane.Server}}'
                certificate-authority: 'pki\ca.crt'
            users:
            - name: admin
              user:
                token: {{Token}}
            contexts:
            - name: practice
              context:
                cluster: practice
                user: admin

            """, cancellationToken);
        return plane.Server.ToString();
    }

    private static List<Result> Read(string file, string said)
    {
        if (!File.Exists(file)) throw new InvalidOperationException($"PowerShell for Windows left no results: {said}");
        return
        [
            .. from suite in XDocument.Load(file).Descendants("testsuite")
               from test in suite.Elements("testcase")
               let failure = test.Element("failure") ?? test.Element("error")
               let skipped = test.Element("skipped")
               select new Result(
                   suite.Attribute("name")!.Value.Split('\\')[^1], test.Attribute("name")!.Value, failure?.Attribute("message")?.Value ?? skipped?.ToString()),
        ];
    }

    [GeneratedRegex(@"certificate-authority-data:\s*""?([A-Za-z0-9+/=]+)")]
    private static partial Regex AuthorityData();
}
