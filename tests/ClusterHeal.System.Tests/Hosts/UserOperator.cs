using System.Text;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// An operator with a <c>~/.ssh</c> of a test's making, which ssh takes from the password database and no variable changes: this test program,
/// told to run the one explicit test here, in a mount namespace of its own.
/// </summary>
public sealed class UserOperator
{
    private const string Variable = "CLUSTERHEAL_TEST_LOGIN";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Logs_in_where_the_environment_says()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var host, var jump, var answer])
        {
            Assert.Skip("Run by other tests only.");
            return;
        }

        var options = new Dictionary<string, string>();
        if (jump.Length > 0) options["ProxyJump"] = jump;
        try
        {
            await using var shell = HostLab.Shells.Open(new HostConnection
            {
                HostName = host, SshOption = options, ConnectTimeout = TimeSpan.FromSeconds(20),
            });
            var result = await shell.RunAsync(new HostScript("echo $(hostname) ${SSH_CONNECTION%% *}"), Stop);
            await using var tunnel = await shell.DialAsync("127.0.0.1", 22, Stop);
            var banner = new byte[7];
            await tunnel.ReadExactlyAsync(banner, Stop);
            await File.WriteAllTextAsync(answer, $"{result.Text.Trim()} {Encoding.ASCII.GetString(banner)}", Stop);
        }
        catch (HostShellException e)
        {
            await File.WriteAllTextAsync(answer, $"{nameof(HostShellException)} {e.Message}", Stop);
        }
    }

    /// <summary>Has such an operator log in and open a connection from there.</summary>
    /// <param name="hosts">The hosts whose key and host keys are the user's.</param>
    /// <param name="config">The user's <c>~/.ssh/config</c>.</param>
    /// <param name="host">Where to.</param>
    /// <param name="jump">The value of <c>-SshOption @{ ProxyJump = … }</c>, or nothing.</param>
    /// <returns>The host's name, the address from which it was entered, and how the connection's other end greets; or the error.</returns>
    internal static async Task<string> LogInAsync(PracticeHosts hosts, string config, string host, string jump = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(hosts.Folder, $"user-{Guid.NewGuid():N}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "config"), $"{config}\n", Stop);
        File.Copy(hosts.KnownHostsFile, Path.Combine(folder, "known_hosts"));
        File.Copy(hosts.KeyFile, Path.Combine(folder, "id_ed25519"));

        const string AsUser = """
            home=$(getent passwd "$(id -u)" | cut -d : -f 6)
            mkdir -p -m 700 "$home/.ssh" && mount --bind "$1" "$home/.ssh" && shift && exec "$@"
            """;
        string[] program =
        [
            "dotnet", typeof(UserOperator).Assembly.Location, "-explicit", "only", "-method",
            $"{typeof(UserOperator).FullName}.{nameof(Logs_in_where_the_environment_says)}",
        ];
        var answer = Path.Combine(folder, "answer");
        var environment = new Dictionary<string, string?> { [Variable] = string.Join('|', host, jump, answer), ["SSH_AUTH_SOCK"] = null };
        var run = await Tool.RunAsync("unshare", ["--mount", "sh", "-c", AsUser, "sh", folder, .. program], Stop, environment);
        return File.Exists(answer) ? await File.ReadAllTextAsync(answer, Stop) : run.Output + run.Error;
    }
}
