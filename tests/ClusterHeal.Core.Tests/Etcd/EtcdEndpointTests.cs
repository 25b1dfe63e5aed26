namespace ClusterHeal.Tests.Etcd;

public sealed class EtcdEndpointTests
{
    [Theory]
    [InlineData("10.10.10.80:2379", "10.10.10.80:2379", null)]
    [InlineData("10.10.10.80", "10.10.10.80:2379", null)]
    [InlineData(" https://etcd1.example:4001/ ", "https://etcd1.example:4001", true)]
    [InlineData("HTTP://localhost", "http://localhost:2379", false)]
    [InlineData("[fd00::1]:2380", "[fd00::1]:2380", null)]
    [InlineData("https://[::1]", "https://[::1]:2379", true)]
    [InlineData("fd00::1", "[fd00::1]:2379", null)]
    [InlineData("unix:///run/etcd.sock", "unix:///run/etcd.sock", false)]
    [InlineData("unixs://localhost:m0", "unixs://localhost:m0", true)]
    public void Endpoints_are_read_as_people_write_them(string text, string expected, bool? usesTls)
    {
        var endpoint = EtcdEndpoint.Parse(text);
        Assert.Equal(expected, endpoint.ToString());
        Assert.Equal(usesTls, endpoint.UsesTls);
        Assert.Equal(endpoint, EtcdEndpoint.Parse(expected));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("ftp://a", "scheme 'ftp'")]
    [InlineData("a:0", "port '0'")]
    [InlineData("a:65536", "port '65536'")]
    [InlineData("a:x", "port 'x'")]
    [InlineData("a:", "port ''")]
    [InlineData("https://a/v3", "'/'")]
    [InlineData("https://root:secret@a", "'@'")]
    [InlineData("[::1", "not closed")]
    [InlineData("[a]:1", "not an IPv6 address")]
    [InlineData("[::1]x", "after the ']'")]
    [InlineData("unix://", "no socket file")]
    [InlineData("-a-.:1", "neither a host name nor an IP address")]
    [InlineData("a b", "' '")]
    public void What_is_no_endpoint_is_refused_with_the_reason(string text, string reason)
    {
        var error = Assert.Throws<ClusterHealException>(() => EtcdEndpoint.Parse(text));
        Assert.Equal(ErrorIds.EtcdEndpointInvalid, error.ErrorId);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public void Lists_with_commas_and_arrays_are_one_list_without_doubles()
    {
        var endpoints = EtcdEndpoint.ParseMany("https://127.0.0.1:2379, https://10.0.0.1:2379,", "https://10.0.0.1:2379");
        Assert.Equal(["https://127.0.0.1:2379", "https://10.0.0.1:2379"], endpoints.Select(e => e.ToString()));
        Assert.Throws<ClusterHealException>(() => EtcdEndpoint.ParseMany(" , "));
    }

    [Fact]
    public void A_scheme_that_was_left_open_can_be_decided_and_a_written_one_stays()
    {
        Assert.Equal("https://a:2379", EtcdEndpoint.Parse("a").WithScheme(usesTls: true).ToString());
        Assert.Equal("http://a:2379", EtcdEndpoint.Parse("http://a").WithScheme(usesTls: true).ToString());
    }

    [Theory]
    [InlineData("0.0.0.0:2379", true, false)]
    [InlineData("[::]:2379", true, false)]
    [InlineData("127.0.0.2", false, true)]
    [InlineData("unix:///x", false, true)]
    [InlineData("10.0.0.1", false, false)]
    public void Addresses_to_listen_on_and_local_ones_are_told_apart(string text, bool wildcard, bool local)
    {
        Assert.Equal((wildcard, local), (EtcdEndpoint.Parse(text).IsWildcard, EtcdEndpoint.Parse(text).IsLocal));
    }
}
