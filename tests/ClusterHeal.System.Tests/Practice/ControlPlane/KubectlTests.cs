using System.Text.RegularExpressions;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>
/// The real kubectl goes through an administrator's day, on the practice control plane and, where there is one, on a real one.
/// </summary>
public sealed partial class KubectlTests
{
    private const string Budget = """
        {
          "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "nginx"},
          "spec": {"minAvailable": 2, "selector": {"matchLabels": {"run": "nginx"}}}
        }
        """;

    private const string Shop = """
        {
          "apiVersion": "v1", "kind": "List",
          "items": [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "shop"}, "data": {"a": "b"}}
          ]
        }
        """;

    /// <summary>Each with its exit code.</summary>
    private static readonly (string Command, int ExitCode)[] Day =
    [
        ("get nodes", 0),
        ("create -f SAMPLES/nginx-deploy.yaml", 0),
        ("apply -f SAMPLES/nginx-svc.yaml", 0),
        ("apply -f SAMPLES/nginx-svc.yaml", 0),
        ("create -f SAMPLES/nginx-deploy.yaml", 1),
        ("rollout status deploy/nginx --timeout=180s", 0),
        ("get deploy,svc -o wide", 0),
        ("apply -f OTHERS/budget.json", 0),
        ("scale deploy/nginx --replicas=6", 0),
        ("wait --for=jsonpath={.status.readyReplicas}=6 deploy/nginx --timeout=180s", 0),
        ("wait --for=jsonpath={.status.disruptionsAllowed}=4 pdb/nginx --timeout=180s", 0),
        ("get nodes -o wide", 0),
        ("get pods -o wide", 0),
        ("get pdb", 0),
        ("cordon kubew01", 0),
        ("cordon kubew01", 0),
        ("get nodes", 0),
        ("drain kubew01 --timeout=180s", 0),
        ("wait --for=jsonpath={.status.readyReplicas}=6 deploy/nginx --timeout=180s", 0),
        ("get pods --field-selector=spec.nodeName=kubew01", 0),
        ("uncordon kubew01", 0),
        ("get nodes", 0),
        ("run bare --image=busy:1 --restart=Always", 0),
        ("wait --for=condition=Ready pod/bare --timeout=180s", 0),
        ("label pod bare tier=test", 0),
        ("annotate pod bare note=test", 0),
        ("delete pod bare", 0),
        ("get pod bare", 1),
        ("delete deploy,svc,pdb nginx --cascade=foreground", 0),
        ("wait --for=delete pods -l run=nginx --timeout=180s", 0),
        ("get pods,deploy,rs", 0),
        ("apply -f OTHERS/shop.json", 0),
        ("get configmap settings -n shop -o jsonpath={.data.a}", 0),
        ("delete ns shop --timeout=180s", 0),
    ];

    [Fact]
    public async Task An_administrators_day_goes_as_it_should()
    {
        var practice = await LiveAsync(null);
        if (LocalControlPlaneOptions.AssetsOfEnvironment is not { } assets) return;
        Assert.Equal(await LiveAsync(assets), practice);
    }

    /// <summary>What kubectl printed, less what differs from run to run.</summary>
    private static async Task<string> LiveAsync(string? assets)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin, "kubectl");
        await using var plane = await LocalControlPlane.StartAsync(new LocalControlPlaneOptions { KubernetesAssets = assets },
            cancellationToken);
        var samples = Path.Combine(RepositoryRoot.Path, "docs", "samples");
        var others = Directory.CreateTempSubdirectory("clusterheal-kubectl-").FullName;
        await File.WriteAllTextAsync(Path.Combine(others, "budget.json"), Budget, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(others, "shop.json"), Shop, cancellationToken);
        var said = new List<string>();
        foreach (var (command, exitCode) in Day)
        {
            var words = command.Replace("SAMPLES", samples, StringComparison.Ordinal).Replace("OTHERS", others, StringComparison.Ordinal);
            string[] arguments = [$"--kubeconfig={plane.Kubeconfig}", .. words.Split(' ')];
            var result = await Tool.RunAsync(kubectl, arguments, cancellationToken);
            Assert.True(result.ExitCode == exitCode, $"kubectl {command} ended with {result.ExitCode}: {result.Error}{result.Output}");
            // Drain and rollout tell what they meet on the way, which is never the same; what they end in is.
            var isStory = command.StartsWith("drain", StringComparison.Ordinal) || command.StartsWith("rollout", StringComparison.Ordinal);
            var text = isStory ? result.Output.TrimEnd().Split('\n')[^1] : $"{result.Output}{result.Error}";
            // On which node a pod is, and what a node runs on, differs too; the columns do not.
            if (command is "get nodes -o wide" or "get pods -o wide") text = result.Output.Split('\n')[0];
            text = text.Replace(samples, "SAMPLES", StringComparison.Ordinal).Replace(others, "OTHERS", StringComparison.Ordinal);
            said.Add($"$ kubectl {command}\n{Normalize(text)}");
        }
        Directory.Delete(others, recursive: true);
        return string.Join('\n', said);
    }

    private static string Normalize(string text)
    {
        text = Skew().Replace(text, "");
        text = Version().Replace(text, "VERSION");
        text = Hash().Replace(text, "nginx-HASH");
        text = ClusterAddress().Replace(text, "10.96.X.X");
        text = Age().Replace(text, "AGE");
        return Spaces().Replace(text, " ").Trim();
    }

    [GeneratedRegex(@"WARNING: version difference.*\n")]
    private static partial Regex Skew();

    [GeneratedRegex(@"v1\.[\w.+-]+")]
    private static partial Regex Version();

    [GeneratedRegex(@"nginx-[a-z0-9]{8,10}(-[a-z0-9]{5})?\b")]
    private static partial Regex Hash();

    [GeneratedRegex(@"10\.96\.\d+\.\d+")]
    private static partial Regex ClusterAddress();

    [GeneratedRegex(@"\b(\d+m)?\d+s\b")]
    private static partial Regex Age();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
