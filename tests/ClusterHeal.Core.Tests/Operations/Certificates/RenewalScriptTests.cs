using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>The script of a host, from each point at which a former call may have been cut off.</summary>
public sealed class RenewalScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>How far a call came: which of certificate and key were moved aside, and which were laid.</summary>
    public static TheoryData<string> CutOffs => ["", "move crt", "move crt, lay crt", "move crt, lay crt, move key", "move crt, lay crt, move key, lay key"];

    private string Former(string name) => Place(name) + ".clusterheal-op1.old";

    [Theory]
    [MemberData(nameof(CutOffs))]
    public async Task New_files_come_to_their_place_from_wherever_it_was_cut_off(string cutOff)
    {
        await PrepareAsync(cutOff);
        for (var i = 0; i < 2; i++)
        {
            await RunAsync("new", "files");
            Assert.Equal(("new crt", "new key"), (Read("crt"), Read("key")));
            Assert.Equal(("old crt", "old key"), (File.ReadAllText(Former("crt")), File.ReadAllText(Former("key"))));
            // As the former ones.
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, Mode("key"));
        }
    }

    [Theory]
    [MemberData(nameof(CutOffs))]
    public async Task What_nobody_has_proven_goes_back_from_wherever_it_was_cut_off(string cutOff)
    {
        await PrepareAsync(cutOff);
        await File.WriteAllTextAsync(Own("begun.files"), "", Stop);
        for (var i = 0; i < 2; i++)
        {
            await RunAsync("heal");
            Assert.Equal(("old crt", "old key"), (Read("crt"), Read("key")));
            Assert.False(File.Exists(Former("crt")) || File.Exists(Former("key")));
        }

        // What the operator had in mind is out of date; he begins again.
        Assert.NotEqual(0, (await CallAsync("new", "files")).ExitCode);
        await RunAsync("begin");
        await RunAsync("new", "files");
        Assert.Equal(("new crt", "new key"), (Read("crt"), Read("key")));
    }

    [Fact]
    public async Task What_is_proven_stays_and_a_renewal_that_is_closed_takes_nothing_back()
    {
        await PrepareAsync("");
        await RunAsync("new", "files");
        await RunAsync("proven", "files");
        await RunAsync("heal");
        Assert.Equal(("new crt", "new key"), (Read("crt"), Read("key")));
        File.Delete(Own("proven.files"));
        await RunAsync("begin");
        await RunAsync("close", "Renewed");
        Assert.Empty(Directory.GetFiles(Own(""), "new.*"));
        await RunAsync("heal");
        Assert.Equal(("new crt", "new key"), (Read("crt"), Read("key")));
    }

    [Fact]
    public async Task What_somebody_has_written_meanwhile_is_kept()
    {
        await PrepareAsync("");
        await RunAsync("new", "files");
        await File.WriteAllTextAsync(Place("crt"), "theirs", Stop);
        await RunAsync("back", "files");
        Assert.Equal(("old crt", "old key"), (Read("crt"), Read("key")));
        Assert.Equal("theirs", await File.ReadAllTextAsync(Place("crt") + ".clusterheal-op1.other.1", Stop));
    }

    public void Dispose() => _folder.Dispose();

    private string Own(string name) => Path.Combine(_folder.Path, "op1", name);

    private string Place(string name) => Path.Combine(_folder.Path, "pki", $"it's a.{name}");

    private string Read(string name) => File.ReadAllText(Place(name));

    private UnixFileMode Mode(string name) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Place(name));

    private async Task PrepareAsync(string cutOff)
    {
        Directory.CreateDirectory(Own(""));
        Directory.CreateDirectory(Path.GetDirectoryName(Place(""))!);
        await File.WriteAllTextAsync(Own("renew.sh"), MemberScript.Renew, Stop);
        var files = string.Join('\n', $"files\t0\t{Place("crt")}", $"files\t1\t{Place("key")}");
        await File.WriteAllTextAsync(
            Own("plan"),
            MemberScriptPlan.Assign("operation", "op1") + MemberScriptPlan.Assign("groups", "files") + MemberScriptPlan.Assign("components", "") + MemberScriptPlan.Assign("files", files),
            Stop);
        foreach (var (name, number) in new[] { ("crt", 0), ("key", 1) })
        {
            await WriteAsync(Own($"new.{number}"), $"new {name}");
            await WriteAsync(Place(name), $"old {name}");
            if (cutOff.Contains($"move {name}", StringComparison.Ordinal)) File.Move(Place(name), Former(name));
            if (cutOff.Contains($"lay {name}", StringComparison.Ordinal)) File.Copy(Own($"new.{number}"), Place(name));
        }
    }

    // A copy has the mode, too: what is laid has it before it has its name.
    private static async Task WriteAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path, text, Stop);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
    }

    private async Task RunAsync(params string[] verb)
    {
        var result = await CallAsync(verb);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', verb)}: {result.ExitCode} {result.Error}");
    }

    private Task<ToolResult> CallAsync(params string[] verb) => Tool.RunAsync("sh", [Own("renew.sh"), .. verb], Stop);
}
