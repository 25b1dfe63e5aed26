using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ClusterHeal.Common;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>known_hosts files: which lines are about a host, beside <c>ssh-keygen -F</c>, and what they say of a key.</summary>
public sealed partial class KnownHostsTests : IDisposable
{
    private static readonly string Key = SshKeyPair.Create().PublicLine;
    private static readonly string Other = SshKeyPair.Create().PublicLine;

    // Each is a line; {0} is a key. The number of the line, by which ssh-keygen calls it, is its place here.
    private static readonly string[] Lines =
    [
        "# a comment",
        "",
        "plain {0}",
        "plain,10.0.0.11 {0}",
        "10.0.0.12 {0}",
        "UPPER {0}",
        "*.example {0}",
        "kube?.lab {0}",
        "*.lab,!kube1.lab {0}",
        "!kube1.lab,*.lab {0}",
        "!kube1.lab {0}",
        "[ported]:2222 {0}",
        "[10.0.0.13]:2222,[ported]:2200 {0}",
        "[*.example]:2222 {0}",
        "[ported]:* {0}",
        "fd00::1 {0}",
        "[fd00::1]:2222 {0}",
        "@revoked plain {0}",
        "@revoked * {0}",
        "@cert-authority *.example {0}",
        "@unknown plain {0}",
        "  \tindented {0}",
        "tabbed\t{0}",
        "commented {0} somebody@somewhere with words",
        Hashed("hashed"),
        Hashed("10.0.0.14"),
        Hashed("[hashed]:2222"),
        Hashed("[fd00::2]:2222"),
        "|1|broken {0}",
        "|2|AAAA|BBBB {0}",
        "|1|!!!|!!! {0}",
        "*plain {0}",
        "pl*n {0}",
        "p*l*a*i*n {0}",
        "plain* {0}",
        "?lain {0}",
        "*,!plain {0}",
        "plain,,other {0}",
        "other, plain {0}",
        "*.*.example {0}",
        "a.b.example,c {0}",
    ];

    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names =>
    [
        "plain", "other", "10.0.0.11", "10.0.0.12", "10.0.0.1", "upper", "a.example", "a.b.example", "example", "kube1.lab", "kube2.lab", "kube10.lab",
        "[ported]:2222", "[ported]:2200", "[ported]:2201", "ported", "[10.0.0.13]:2222", "10.0.0.13", "[a.example]:2222", "fd00::1", "[fd00::1]:2222",
        "indented", "tabbed", "commented", "hashed", "10.0.0.14", "[hashed]:2222", "[hashed]:2223", "[fd00::2]:2222", "xplain", "plainx", "nobody",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_lines_about_a_host_are_those_that_ssh_keygen_finds(string name)
    {
        Assert.True(Lines.Length >= 30);
        var file = Write(Lines);
        var found = new KnownHostsFiles([file]).About(name).Select(entry => entry.Where[(file.Length + 1)..]);
        Assert.Equal(await FindAsync(file, name), found);
    }

    [Theory]
    [InlineData(HostKeyTrust.Known, "h {0}")]
    [InlineData(HostKeyTrust.Known, "h {1}", "h {0}")]
    [InlineData(HostKeyTrust.Changed, "h {1}")]
    [InlineData(HostKeyTrust.Unknown, "g {0}")]
    [InlineData(HostKeyTrust.Unknown, "h ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(HostKeyTrust.Revoked, "h {0}", "@revoked * {0}")]
    [InlineData(HostKeyTrust.Revoked, "@revoked h {0}", "h {0}")]
    [InlineData(HostKeyTrust.Known, "h {0}", "@revoked h {1}")]
    [InlineData(HostKeyTrust.Known, "h {0}", "@revoked g {0}")]
    [InlineData(HostKeyTrust.Unknown, "@cert-authority h {0}")]
    [InlineData(HostKeyTrust.Unknown, "*,!h {0}")]
    [InlineData(HostKeyTrust.Unknown, "h ecdsa-sha2-nistp256 !!!")]
    [InlineData(HostKeyTrust.Unknown, "h ecdsa-sha2-nistp256")]
    [InlineData(HostKeyTrust.Unknown, "h")]
    internal void A_key_is_known_changed_revoked_or_unknown(HostKeyTrust trust, params string[] lines) =>
        Assert.Equal(trust, new KnownHostsFiles([Write(lines)]).Check("h", 22, Blob(Key)).Trust);

    [Fact]
    public void A_line_of_an_authority_is_told()
    {
        Assert.True(new KnownHostsFiles([Write("@cert-authority h {1}")]).Check("h", 22, Blob(Key)).HasAuthority);
        Assert.False(new KnownHostsFiles([Write("@cert-authority g {1}")]).Check("h", 22, Blob(Key)).HasAuthority);
    }

    [Theory]
    [InlineData("[h]:2222 {0}", HostKeyTrust.Known)]
    [InlineData("[h]:2222 {1}", HostKeyTrust.Changed)]
    [InlineData("[h]:2223 {0}", HostKeyTrust.Unknown)]
    // As ssh does: the same host at another port shows the same key; one that shows another is a stranger and has not changed.
    [InlineData("h {0}", HostKeyTrust.Known)]
    [InlineData("h {1}", HostKeyTrust.Unknown)]
    internal void At_another_port_than_22_the_port_is_a_part_of_the_name(string line, HostKeyTrust trust) =>
        Assert.Equal(trust, new KnownHostsFiles([Write(line)]).Check("H", 2222, Blob(Key)).Trust);

    [Fact]
    public void Several_files_count_as_one_and_one_that_is_not_there_as_empty()
    {
        string users = Write("h {1}"), systems = Write("h {0}");
        var known = new KnownHostsFiles([users, _folder.File("none"), systems]);
        Assert.Equal(new HostKeyVerdict(HostKeyTrust.Known, systems + ":1"), known.Check("h", 22, Blob(Key)));
        Assert.Equal(HostKeyTrust.Revoked, new KnownHostsFiles([systems, Write("@revoked h {0}")]).Check("h", 22, Blob(Key)).Trust);
    }

    [Fact]
    public void A_host_is_asked_for_a_key_of_a_kind_that_is_known() =>
        Assert.Equal(["ecdsa-sha2-nistp256"], new KnownHostsFiles([Write("h {0}", "g ssh-rsa AAAA", "@cert-authority h {0}")]).TypesOf("h", 22));

    [Fact]
    public void A_file_that_cannot_be_read_is_not_passed_over()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess) Assert.Skip("This user can read every file.");
        var file = Write("h {0}");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.None);
        Assert.Throws<UnauthorizedAccessException>(() => new KnownHostsFiles([file]));
    }

    [Fact]
    public void A_pattern_of_stars_takes_no_time()
    {
        var line = string.Concat(Enumerable.Repeat("*a", 2000)) + " " + Key;
        Assert.False(KnownHostsLine.Parse(line)!.IsAbout(new string('a', 250) + "b"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Hashed(string name)
    {
        var salt = RandomNumberGenerator.GetBytes(20);
#pragma warning disable CA5350 // The format of OpenSSH.
        return $"|1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(HMACSHA1.HashData(salt, Encoding.ASCII.GetBytes(name)))} {{0}}";
#pragma warning restore CA5350
    }

    private static byte[] Blob(string line) => Convert.FromBase64String(line.Split(' ')[1]);

    private string Write(params string[] lines)
    {
        var file = _folder.File(Guid.NewGuid().ToString("N"));
        File.WriteAllLines(file, lines.Select(line => string.Format(CultureInfo.InvariantCulture, line, Key, Other)));
        return file;
    }

    private static async Task<string[]> FindAsync(string file, string name)
    {
        if (!File.Exists("/usr/bin/ssh-keygen")) Assert.Skip("There is no ssh-keygen.");
        await using var keygen = new ProcessChannel(ProgramStart.Piped("/usr/bin/ssh-keygen", ["-F", name, "-f", file]));
        keygen.Input.Close();
        using var output = new StreamReader(keygen.Output);
        var text = await output.ReadToEndAsync(Stop);
        return [.. Found().Matches(text).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"^# Host .* found: line (\d+)", RegexOptions.Multiline)]
    private static partial Regex Found();
}
