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
    case [StatusBenchmark.Inspect or StatusBenchmark.Test, var path]:
        return await StatusBenchmark.RunOursAsync(args[0], path, interrupted.Token);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/ClusterHeal.Benchmarks -- import|status");
        return 2;
}
