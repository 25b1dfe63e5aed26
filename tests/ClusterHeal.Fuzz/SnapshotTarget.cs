using System.Buffers.Binary;
using System.Security.Cryptography;
using ClusterHeal.Bolt;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Fuzz;

/// <summary>Snapshots with wrong bytes, mostly with a checksum that fits again. What is called proven has to be taken by etcdutl, too.</summary>
/// <param name="seeds">Good snapshots.</param>
/// <param name="folder">A folder of its own.</param>
/// <param name="judge">The path of etcdutl, or null where it is not asked.</param>
internal sealed class SnapshotTarget(IReadOnlyList<byte[]> seeds, string folder, string? judge) : IFuzzTarget
{
    private const int Sum = SHA256.HashSizeInBytes;

    private readonly string _path = Path.Combine(folder, "input.db");
    private bool _isProven;

    /// <inheritdoc/>
    public string Name => "snapshot";

    /// <summary>How many etcdutl was asked about.</summary>
    public int Judged { get; private set; }

    /// <summary>How many etcdutl may be asked about.</summary>
    public int MostJudged { get; init; } = int.MaxValue;

    /// <inheritdoc/>
    public byte[] Make(Random random, int longest)
    {
        var bytes = seeds[random.Next(seeds.Count)].ToArray();
        var data = bytes.Length % 512 == Sum ? bytes.AsSpan(..^Sum) : bytes;
        if (random.Next(4) == 0) ChangeMeta(data, random);
        else if (random.Next(2) == 0) ChangeHeader(data, random);
        else ByteMutation.Change(data, random);
        if (random.Next(20) == 0) return bytes[..random.Next(bytes.Length)];
        if (random.Next(10) == 0) return data.ToArray();
        if (bytes.Length > data.Length && random.Next(10) > 0) SHA256.HashData(data).CopyTo(bytes.AsSpan(data.Length));
        return bytes;
    }

    /// <inheritdoc/>
    public async Task<FuzzOutcome> ReadAsync(byte[] input, CancellationToken cancellationToken)
    {
        _isProven = false;
        await File.WriteAllBytesAsync(_path, input, cancellationToken);
        IReadOnlyList<CheckResult> results;
        try
        {
            results = await SnapshotTester.TestAsync(_path, null, null, cancellationToken);
        }
        catch (ClusterHealException)
        {
            return FuzzOutcome.Refused;
        }

        _isProven = SnapshotTester.IsProven(results);
        return _isProven ? FuzzOutcome.Taken : FuzzOutcome.Refused;
    }

    /// <inheritdoc/>
    public async Task JudgeAsync(CancellationToken cancellationToken)
    {
        if (!_isProven || judge is null || Judged == MostJudged) return;
        Judged++;
        var target = Path.Combine(folder, "restored");
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        var status = await Tool.RunAsync(judge, ["snapshot", "status", _path], cancellationToken);
        if (status.ExitCode != 0) throw new UntrueException($"called proven, and etcdutl snapshot status says: {LastLine(status)}");
        var restore = await Tool.RunAsync(judge, ["snapshot", "restore", _path, "--data-dir", target], cancellationToken);
        if (restore.ExitCode != 0) throw new UntrueException($"called proven, and etcdutl snapshot restore says: {LastLine(restore)}");
    }

    private static string LastLine(ToolResult result) =>
        (result.Error + result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(line => line.Contains("panic", StringComparison.Ordinal))
        ?? (result.Error + result.Output).Trim().Split('\n')[^1];

    /// <summary>A field of a meta page, with the page's own checksum made to fit: bbolt believes it.</summary>
    private static void ChangeMeta(Span<byte> data, Random random)
    {
        const int Meta = 16;
        const int Checked = 56;
        var page = data[(random.Next(2) * 4096)..];
        ByteMutation.WriteEdge(page[(Meta + (random.Next(Checked / 8) * 8))..], random);
        BinaryPrimitives.WriteUInt64LittleEndian(page[(Meta + Checked)..], BoltMeta.Fnv1a(page.Slice(Meta, Checked)));
    }

    /// <summary>The head of a page, or its first elements: all that says where things are.</summary>
    private static void ChangeHeader(Span<byte> data, Random random)
    {
        var page = data[(random.Next(data.Length / 4096) * 4096)..];
        if (random.Next(3) == 0) ByteMutation.WriteEdge(page[(random.Next(12) * 8)..], random);
        else ByteMutation.Change(page[..128], random);
    }
}
