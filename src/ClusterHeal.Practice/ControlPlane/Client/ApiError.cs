namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>The API server refused a request.</summary>
/// <param name="code">The HTTP status.</param>
/// <param name="reason">The reason of its Status, or null.</param>
/// <param name="message">Its message.</param>
internal sealed class ApiError(int code, string? reason, string message) : Exception(message)
{
    public int Code => code;

    public string? Reason => reason;
}
