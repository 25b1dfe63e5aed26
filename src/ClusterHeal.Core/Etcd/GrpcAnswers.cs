namespace ClusterHeal.Etcd;

/// <summary>Looks at the headers of each answer before gRPC does. It recognizes other servers that may listen at an address, and says so.</summary>
internal sealed class GrpcAnswers : DelegatingHandler
{
    private readonly HttpChannel _channel;

    /// <summary>Is placed before a channel's own handler.</summary>
    /// <param name="channel">The channel.</param>
    public GrpcAnswers(HttpChannel channel)
        : base(channel.Handler) => _channel = channel;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _channel.HasAnswered = true;
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is not null && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)) return response;
        using (response)
        {
            var instead = $"HTTP status {(int)response.StatusCode} and content of type '{type ?? "none"}' instead of gRPC";
            throw EtcdFault.Protocol(_channel.Endpoint, request.RequestUri!.AbsolutePath.Replace("/etcdserverpb.", "", StringComparison.Ordinal), instead);
        }
    }
}
