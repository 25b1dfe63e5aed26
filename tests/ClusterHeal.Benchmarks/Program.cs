using ClusterHeal;
using ClusterHeal.Benchmarks;

// Measures ClusterHeal beside the tools that it stands in for, each in a process of its own. Linux only: it reads /proc.
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupted.Cancel();
};

switch (args)
{
    case ["import"]:
        await ImportBenchmark.RunAsync(interrupted.Token);
        return 0;
    case ["status"]:
        await StatusBenchmark.RunAsync(interrupted.Token);
        return 0;
    case ["save"]:
        await SaveBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [SaveBenchmark.Save, var path, var endpoint, .. var tls]:
        return await SaveBenchmark.RunOursAsync(path, endpoint, tls, interrupted.Token);
    case ["restore"]:
        await RestoreBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [RestoreBenchmark.Restore, var path, var output]:
        return await RestoreBenchmark.RunOursAsync(path, output, interrupted.Token);
    case ["tunnel"]:
        await TunnelBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [TunnelBenchmark.Save, var transport, var path, var host, var keyFile, var knownHosts]:
        return await TunnelBenchmark.RunOursAsync(Enum.Parse<SshTransport>(transport), path, host, keyFile, knownHosts, interrupted.Token);
    case ["scripts"]:
        await ScriptsBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [ScriptsBenchmark.Run, var transport, var host, var keyFile, var knownHosts]:
        return await ScriptsBenchmark.RunOursAsync(Enum.Parse<SshTransport>(transport), host, keyFile, knownHosts, interrupted.Token);
    case ["hosts"]:
        await HostsBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [HostsBenchmark.Ask, var transport, var keyFile, var knownHosts, .. var hosts]:
        return await HostsBenchmark.RunOursAsync(Enum.Parse<SshTransport>(transport), keyFile, knownHosts, hosts, interrupted.Token);
    case [StatusBenchmark.Inspect or StatusBenchmark.Test, var path]:
        return await StatusBenchmark.RunOursAsync(args[0], path, interrupted.Token);
    case ["drain"]:
        await DrainBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [DrainBenchmark.Drain, var kubeconfig, var node]:
        return await DrainBenchmark.RunOursAsync(kubeconfig, node, interrupted.Token);
    case ["placement"]:
        await PlacementBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [PlacementBenchmark.Place, var kubeconfig]:
        return await PlacementBenchmark.RunOursAsync(kubeconfig, interrupted.Token);
    case ["objects"]:
        await ObjectsBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [ObjectsBenchmark.List, var path]:
        return await ObjectsBenchmark.RunListAsync(path, interrupted.Token);
    case [ObjectsBenchmark.Compare, var path, .. var other]:
        return await ObjectsBenchmark.RunCompareAsync(path, other, interrupted.Token);
    case ["health"]:
        await HealthBenchmark.RunAsync(interrupted.Token);
        return 0;
    case [HealthBenchmark.Test, var kubeconfig]:
        return await HealthBenchmark.RunOursAsync(kubeconfig, interrupted.Token);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/ClusterHeal.Benchmarks -- WORD");
        Console.Error.WriteLine("  WORD: import | status | save | restore | tunnel | hosts | scripts | drain | placement | objects | health");
        return 2;
}
