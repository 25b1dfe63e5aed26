using System.Globalization;
using ClusterHeal.Fuzz;

switch (args)
{
    case [FuzzChild.Word, var seed, var minutes, var count, var folder]:
        return await new FuzzChild(Number(seed), TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), Number(count), folder).RunAsync();
    case ["short", var seed, var count, var folder, .. var target] when target.Length <= 1:
        return await new FuzzChild(Number(seed), Timeout.InfiniteTimeSpan, Number(count), folder)
        {
            Longest = 8 * 1024, MostJudged = 10, Target = target is [var name] ? name : null,
        }.RunAsync();
    case [var minutes, .. var rest] when rest.Length <= 2 && double.TryParse(minutes, CultureInfo.InvariantCulture, out var time) && time > 0:
        return await FuzzSupervisor.RunAsync(TimeSpan.FromMinutes(time), Path.GetFullPath(rest is [var given, ..] ? given : "fuzz-findings"), rest is [_, var first] ? Number(first) : 1);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/ClusterHeal.Fuzz -- MINUTES [FOLDER [SEED]]");
        Console.Error.WriteLine("   or: dotnet run -c Release --project tests/ClusterHeal.Fuzz -- short SEED COUNT FOLDER [TARGET]");
        Console.Error.WriteLine("  FOLDER takes the report and the inputs of which something came that nobody foresaw (fuzz-findings).");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
