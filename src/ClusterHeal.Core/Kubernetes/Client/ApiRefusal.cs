using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s.Models;

namespace ClusterHeal.Kubernetes;

/// <summary>A refusal in the server's own words. <see cref="ApiFaults"/> turns it into an error.</summary>
internal sealed class ApiRefusal(int code, V1Status status, RetryConditionHeaderValue? retryAfter = null) : Exception(status.Message)
{
    private const int LongestBody = 1 << 20;

    /// <summary>The HTTP status.</summary>
    public int Code => code;

    /// <summary>What the server said. If the answer is not from the API, its text.</summary>
    public V1Status Status => status;

    /// <summary>When the server wants to be asked again, from its header.</summary>
    public RetryConditionHeaderValue? RetryAfter => retryAfter;

    public static async Task<ApiRefusal> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var lifetime = stream.ConfigureAwait(false);
        var buffer = new byte[LongestBody];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        return new ApiRefusal((int)response.StatusCode, AsStatus(text) ?? new V1Status { Message = text.Trim() }, response.Headers.RetryAfter);
    }

    private static V1Status? AsStatus(string text)
    {
        try
        {
            return k8s.KubernetesJson.Deserialize<V1Status>(text) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
