using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClusterHeal.Common;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Etcd.Configuration;

/// <summary>etcd is started in all the ways in which people start it; its own log says what it took, and we read the same from a unit.</summary>
public sealed partial class EtcdDifferenceTests : IDisposable
{
    private const string Refused = "does not start";
    private const int Lanes = 3;
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Etcd_takes_what_we_read()
    {
        var etcd = (await EtcdPrograms.GetAsync(EtcdRelease.V35, Stop)).Server;
        WritePki();
        var forms = new Queue<EtcdForm>(EtcdForm.All());
        var count = forms.Count;
        var differences = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => RunLaneAsync(lane, etcd, forms, differences), Stop)));
        Assert.True(count >= 60, $"{count} forms");
        Assert.True(differences.Count == 0, $"{differences.Count} of {count} differ:\n{string.Join('\n', differences)}");
    }

    private async Task RunLaneAsync(int lane, string etcd, Queue<EtcdForm> forms, List<string> differences)
    {
        var ports = LoopbackPorts.Take(2);
        for (var i = 0; ; i++)
        {
            EtcdForm? form;
            lock (forms)
            {
                if (!forms.TryDequeue(out form)) return;
            }

            var folder = _folder.File($"{lane}-{i}");
            Directory.CreateDirectory(folder);
            // A TLS setting counts only with a URL of TLS.
            var scheme = form.Name.Contains("cert-file", StringComparison.Ordinal) || form.Name.Contains("client TLS", StringComparison.Ordinal) ? "https" : "http";
            var peerScheme = form.Name.Contains("peer", StringComparison.Ordinal) && form.Name.Contains("TLS", StringComparison.Ordinal) ? "https" : "http";
            form = form.In(folder, etcd, $"{scheme}://127.0.0.1:{ports[0]}", $"{peerScheme}://127.0.0.1:{ports[1]}");
            if (form.ConfigFile is not null) await File.WriteAllTextAsync(Path.Combine(folder, "etcd.yml"), form.ConfigFile, Stop);
            var (taken, said) = await TakenAsync(form, folder);
            var read = await ReadAsync(form, folder);
            if (taken == read) continue;
            lock (differences) differences.Add($"{form.Name}\n  etcd: {taken} {said}\n  we:   {read}");
        }
    }

    private static async Task<(string Taken, string Said)> TakenAsync(EtcdForm form, string folder)
    {
        var start = ProgramStart.Piped(form.Words[0], form.Words.Skip(1));
        start.WorkingDirectory = folder;
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("ETCD_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in form.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var (client, peer, last) = ("", "", "");
        JsonElement? server = null;
        try
        {
            while (await process.StandardError.ReadLineAsync(Stop) is { } line)
            {
                last = line;
                if (!line.StartsWith('{')) continue;
                using var json = JsonDocument.Parse(line);
                var root = json.RootElement;
                var tls = root.TryGetProperty("tls-info", out var info) ? info.GetString()! : null;
                if (tls is not null && line.Contains("peer TLS", StringComparison.Ordinal)) peer = tls;
                if (tls is not null && line.Contains("client TLS", StringComparison.Ordinal)) client = tls;
                if (root.GetProperty("msg").GetString() == "starting an etcd server") server = root.Clone();
                // What it shows to clients is told last.
                var isTls = form.Words.Concat(form.Environment.Values).Append(form.ConfigFile ?? "").Any(text => text.Contains("https://", StringComparison.Ordinal));
                if (server is { } found && (!isTls || client.Length + peer.Length > 0)) return (Shown(found, client, peer, folder), "");
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await output;
        }

        return (Refused, last);
    }

    private static string Shown(JsonElement log, string client, string peer, string folder)
    {
        string Text(string name) => log.GetProperty(name).GetString()!;
        string List(string name) => string.Join(',', log.GetProperty(name).EnumerateArray().Select(each => each.GetString()));
        var wal = Text("wal-dir");
        return Join(
            Text("name"), Path.GetFullPath(Text("data-dir"), folder), wal.Length > 0 ? Path.GetFullPath(wal, folder) : "", List("listen-client-urls"), List("advertise-client-urls"),
            List("listen-peer-urls"), List("initial-advertise-peer-urls"), Text("initial-cluster"), Text("initial-cluster-token"), Text("initial-cluster-state"),
            log.GetProperty("quota-backend-bytes").GetInt64().ToString(CultureInfo.InvariantCulture), Files(client), Files(peer));
    }

    private static string Files(string tls) => TlsInfo().Match(tls) is { Success: true } match ? $"{match.Groups[1]} {match.Groups[2]} {match.Groups[3]}" : "";

    private static async Task<string> ReadAsync(EtcdForm form, string folder)
    {
        var unit = $"""
            [Service]
            WorkingDirectory={folder}
            {string.Join('\n', form.Environment.Select(v => $"Environment={Quoted($"{v.Key}={v.Value}")}"))}
            ExecStart={string.Join(' ', form.Words.Select(word => Quoted(word).Replace("$", "$$", StringComparison.Ordinal)))}
            """;
        try
        {
            var read = await EtcdConfigurationReader.Local.ParseAsync("/etc/systemd/system/etcd.service", unit, Stop);
            if (read.Notes.Any(note => note.Contains("etcd refuses to start", StringComparison.Ordinal))) return Refused;
            string Tls(string? certificate, string? key, string? authority) => certificate is null ? "" : $"{certificate} {key} {authority}";
            return Join(
                read.Name, Path.GetFullPath(read.DataDirectory), read.WalDirectory ?? "", string.Join(',', read.ListenClientUrls), string.Join(',', read.AdvertiseClientUrls),
                string.Join(',', read.ListenPeerUrls), string.Join(',', read.InitialAdvertisePeerUrls), read.InitialCluster, read.InitialClusterToken, read.InitialClusterState,
                (read.QuotaBytes ?? 2147483648).ToString(CultureInfo.InvariantCulture),
                Tls(read.ServerCertFile, read.ServerKeyFile, read.TrustedCaFile), Tls(read.PeerCertFile, read.PeerKeyFile, read.PeerTrustedCaFile));
        }
        catch (ClusterHealException e)
        {
            return e.ErrorId == ErrorIds.EtcdConfigurationInvalid ? Refused : e.Message;
        }
    }

    private static string Join(params string[] values) => string.Join(" | ", values);

    private static string Quoted(string word) =>
        "\"" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal) + "\"";

    private void WritePki()
    {
        Directory.CreateDirectory(_folder.File("pki"));
        using var authority = CertificateAuthority.Create("etcd");
        var issued = authority.Issue("etcd", ["127.0.0.1"]);
        File.WriteAllText(_folder.File("pki/ca.crt"), authority.CertificatePem);
        File.WriteAllText(_folder.File("pki/a.crt"), issued.CertificatePem);
        File.WriteAllText(_folder.File("pki/a.key"), issued.KeyPem);
    }

    [GeneratedRegex(@"^cert = (\S*), key = (\S*),.*trusted-ca = (\S*),")]
    private static partial Regex TlsInfo();
}
