using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

public sealed class SshArgumentsTests
{
    private static readonly HostConnection Host = new() { HostName = "kubem00" };

    [Fact]
    public void What_the_user_did_not_set_is_left_to_the_ssh_config()
    {
        var arguments = SshArguments.ForCommand(Host, null, "true");
        Assert.DoesNotContain("-p", arguments);
        Assert.DoesNotContain("-l", arguments);
        Assert.DoesNotContain("-i", arguments);
        Assert.Equal(["--", "kubem00", "true"], arguments[^3..]);
    }

    [Fact]
    public void Host_keys_are_checked_unless_the_user_says_otherwise()
    {
        Assert.Equal("StrictHostKeyChecking=yes", FirstOf("StrictHostKeyChecking", Host));
        var trusting = Host with { SshOption = new Dictionary<string, string> { ["StrictHostKeyChecking"] = "accept-new" } };
        Assert.Equal("StrictHostKeyChecking=accept-new", FirstOf("StrictHostKeyChecking", trusting));
    }

    [Theory]
    [InlineData("BatchMode", "yes")]
    [InlineData("ForwardAgent", "no")]
    [InlineData("RemoteCommand", "none")]
    [InlineData("ControlMaster", "no")]
    [InlineData("ControlPath", "none")]
    public void What_must_hold_cannot_be_changed_by_an_option(string name, string value)
    {
        var contrary = Host with { SshOption = new Dictionary<string, string> { [name] = "contrary" } };
        Assert.Equal($"{name}={value}", FirstOf(name, contrary));
    }

    [Fact]
    public void A_domain_user_is_written_as_ssh_wants_it()
    {
        var arguments = SshArguments.For(Host with { UserName = @"CORP\admin" }, null);
        Assert.Equal("admin@CORP", arguments[arguments.IndexOf("-l") + 1]);
    }

    [Fact]
    public void A_key_that_is_named_is_the_only_one_offered()
    {
        var arguments = SshArguments.For(Host with { KeyFilePath = "/keys/my key" }, null);
        Assert.Equal("/keys/my key", arguments[arguments.IndexOf("-i") + 1]);
        Assert.Contains("IdentitiesOnly=yes", arguments);
    }

    [Fact]
    public void An_IPv6_address_is_put_in_brackets_for_a_tunnel() =>
        Assert.Equal("[::1]:2379", SshArguments.ForTunnel(Host, null, "::1", 2379)[^3]);

    [Theory]
    [InlineData("")]
    [InlineData("-oProxyCommand=touch hurt")]
    [InlineData("a b")]
    [InlineData("a;touch hurt")]
    [InlineData("$(touch hurt)")]
    [InlineData("`touch hurt`")]
    [InlineData("a'b")]
    [InlineData("a\nb")]
    [InlineData("a|b")]
    [InlineData("user@host")]
    public void A_host_name_that_is_none_is_refused(string name)
    {
        var fault = Assert.Throws<HostShellException>(() => SshArguments.For(new HostConnection { HostName = name }, null));
        Assert.Equal(ErrorIds.HostNameInvalid, fault.ErrorId);
    }

    [Theory]
    [InlineData("-lroot")]
    [InlineData("a b")]
    [InlineData("$(id)")]
    [InlineData("a;b")]
    public void A_user_name_that_is_none_is_refused(string name) =>
        Assert.Throws<HostShellException>(() => SshArguments.For(Host with { UserName = name }, null));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("kubem00.corp.example")]
    [InlineData("bücher.example")]
    public void Names_and_addresses_are_taken(string name) => SshArguments.For(new HostConnection { HostName = name }, null);

    [Fact]
    public void Ssh_is_found_on_the_search_path_and_never_in_the_current_folder()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var program = Path.Combine(folder.FullName, "ssh");
            File.WriteAllText(program, "");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Assert.Equal(program, SshProgram.FindOrNull($".::relative:{folder.FullName}"));
            Assert.Null(SshProgram.FindOrNull(".::relative"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Of several values for one option ssh takes the first.
    private static string FirstOf(string name, HostConnection connection) =>
        SshArguments.For(connection, null).First(argument => argument.StartsWith(name + "=", StringComparison.Ordinal));
}
