using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClusterHeal;

/// <summary>The address of an etcd member's client API, as people write it.</summary>
public sealed record EtcdEndpoint
{
    /// <summary>The port of the client API if none is written.</summary>
    public const int DefaultPort = 2379;

    private EtcdEndpoint(string host, int port, bool? usesTls, string? socketPath)
    {
        Host = host;
        Port = port;
        UsesTls = usesTls;
        SocketPath = socketPath;
    }

    /// <summary>The host name or IP address, without brackets; <c>localhost</c> for a socket file.</summary>
    public string Host { get; }

    /// <summary>The TCP port; 0 for a socket file.</summary>
    public int Port { get; }

    /// <summary>True for <c>https</c> and <c>unixs</c>, false for <c>http</c> and <c>unix</c>, null if the text has no scheme.</summary>
    public bool? UsesTls { get; private init; }

    /// <summary>The socket file of a <c>unix://</c> endpoint, otherwise null.</summary>
    public string? SocketPath { get; }

    /// <summary>True if the address stands for every interface (<c>0.0.0.0</c>, <c>::</c>): one to listen on, not one to dial.</summary>
    public bool IsWildcard => Address is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>True if the address is reached only on the machine itself: loopback, or a socket file.</summary>
    public bool IsLocal => SocketPath is not null || Host == "localhost" || (Address is { } address && IPAddress.IsLoopback(address));

    private IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>Reads one endpoint.</summary>
    /// <param name="text">
    /// <c>host</c>, <c>host:port</c>, or a URL with http, https, unix or unixs; IPv6 with or without brackets.
    /// </param>
    /// <exception cref="ClusterHealException">The text is no endpoint (<see cref="ErrorIds.EtcdEndpointInvalid"/>).</exception>
    public static EtcdEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text.Trim();
        if (rest.Length == 0) throw Invalid(text, "it is empty");
        bool? usesTls = null;
        var schemeEnd = rest.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd >= 0)
        {
            var scheme = rest[..schemeEnd].ToLowerInvariant();
            rest = rest[(schemeEnd + 3)..];
            usesTls = scheme switch
            {
                "http" or "unix" => false,
                "https" or "unixs" => true,
                _ => throw Invalid(text, $"its scheme '{scheme}' is not http, https, unix or unixs"),
            };
            if (scheme.StartsWith("unix", StringComparison.Ordinal))
            {
                return rest.Length > 0 ? new EtcdEndpoint("localhost", 0, usesTls, rest) : throw Invalid(text, "it names no socket file");
            }
        }

        if (rest.EndsWith('/')) rest = rest[..^1];
        if (rest.IndexOfAny(['/', '?', '#', '@', ' ', '\\', '"', '\'']) is >= 0 and var at)
        {
            throw Invalid(text, $"'{rest[at]}' has no place in it; only a scheme, a host and a port are wanted");
        }

        var (host, port) = SplitPort(text, rest);
        if (!IPAddress.TryParse(host, out _) && Uri.CheckHostName(host) != UriHostNameType.Dns)
        {
            throw Invalid(text, $"'{host}' is neither a host name nor an IP address");
        }

        return new EtcdEndpoint(host, port, usesTls, null);
    }

    /// <summary>Reads endpoints from texts that may each hold several, divided by commas, as <c>ETCD_LISTEN_CLIENT_URLS</c> does.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The endpoints in their order, each once.</returns>
    /// <exception cref="ClusterHealException">One is none, or there is none (<see cref="ErrorIds.EtcdEndpointInvalid"/>).</exception>
    public static IReadOnlyList<EtcdEndpoint> ParseMany(params IEnumerable<string> texts)
    {
        var endpoints = texts
            .SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(Parse)
            .Distinct()
            .ToArray();
        return endpoints.Length > 0 ? endpoints : throw Invalid("", "there is none");
    }

    /// <summary>The same endpoint with the scheme decided, if the text left it open.</summary>
    /// <param name="usesTls">What an endpoint without a scheme means.</param>
    public EtcdEndpoint WithScheme(bool usesTls) => UsesTls is null ? this with { UsesTls = usesTls } : this;

    /// <summary>The loopback address in place of the host: where a member that listens everywhere is reached on its own machine.</summary>
    public EtcdEndpoint WithLoopback() =>
        new(Address?.AddressFamily == AddressFamily.InterNetworkV6 ? "::1" : "127.0.0.1", Port, UsesTls, null);

    /// <summary>The endpoint in the form of a URL, without a scheme if none was written.</summary>
    public override string ToString()
    {
        if (SocketPath is not null) return (UsesTls == true ? "unixs://" : "unix://") + SocketPath;
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var scheme = UsesTls switch { true => "https://", false => "http://", null => "" };
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}{host}:{Port}");
    }

    private static (string Host, int Port) SplitPort(string text, string rest)
    {
        if (rest.StartsWith('['))
        {
            var close = rest.IndexOf(']', StringComparison.Ordinal);
            if (close < 0) throw Invalid(text, "a '[' is not closed");
            var host = rest[1..close];
            if (!IsIPv6(host)) throw Invalid(text, $"'{host}' in brackets is not an IPv6 address");
            var after = rest[(close + 1)..];
            if (after.Length == 0) return (host, DefaultPort);
            return after[0] == ':' ? (host, ParsePort(text, after[1..])) : throw Invalid(text, $"'{after}' stands after the ']'");
        }

        if (IsIPv6(rest)) return (rest, DefaultPort);
        var colon = rest.LastIndexOf(':');
        return colon < 0 ? (rest, DefaultPort) : (rest[..colon], ParsePort(text, rest[(colon + 1)..]));
    }

    private static bool IsIPv6(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !host.StartsWith('[');

    private static int ParsePort(string text, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535
            ? number
            : throw Invalid(text, $"its port '{port}' is not a number from 1 to 65535");

    private static ClusterHealException Invalid(string text, string why) => new(
        ErrorIds.EtcdEndpointInvalid,
        FaultCategory.InvalidArgument,
        $"'{text}' is not an etcd endpoint: {why}.",
        text,
        "Write it as 10.10.10.80:2379 or https://etcd1.example:2379; several are divided by commas.");
}
