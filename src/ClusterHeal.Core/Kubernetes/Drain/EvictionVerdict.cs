using System.Text.RegularExpressions;

namespace ClusterHeal.Kubernetes;

/// <summary>The meaning of the server's refusal of an eviction for the drain.</summary>
/// <param name="Obstacle">What is in the way.</param>
/// <param name="Message">The server's words, with the details.</param>
internal sealed record EvictionVerdict(EvictionObstacle Obstacle, string Message)
{
    /// <summary>The budget that the server named, without its namespace, or null.</summary>
    public string? Budget { get; init; }

    /// <summary>How long the server asks to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True if that pod does not exist any more.</summary>
    public bool PodIsGone { get; init; }

    /// <summary>True if it cannot help to ask again.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Reads a refusal. Kubernetes: pkg/registry/core/pod/storage/eviction.go, and the answers of real servers.</summary>
    /// <param name="fault">The refusal.</param>
    /// <param name="canRenewCredentials">True if an expired token may be replaced by a new one.</param>
    public static EvictionVerdict Read(ClusterHealException fault, bool canRenewCredentials)
    {
        if (fault is not KubernetesException e)
        {
            // A credential program that fails may succeed when its provider is back.
            return new EvictionVerdict(EvictionObstacle.ServerUnavailable, fault.Message);
        }

        var text = e.ServerMessage ?? e.Message;
        var words = e.Causes.Count == 0 ? text : string.Join("; ", e.Causes.Select(c => c.ToString()));
        return e.StatusCode switch
        {
            null => new EvictionVerdict(EvictionObstacle.ServerUnavailable, e.Message) { IsFinal = e.Category == FaultCategory.Security },
            404 when e.ObjectKind == "pods" => new EvictionVerdict(EvictionObstacle.None, text) { PodIsGone = true },
            404 => new EvictionVerdict(EvictionObstacle.NamespaceMissing, text),
            409 when text.Contains("UID in the precondition", StringComparison.Ordinal) =>
                new EvictionVerdict(EvictionObstacle.None, text) { PodIsGone = true },
            409 => new EvictionVerdict(EvictionObstacle.ServerBusy, text),
            429 when e.HasCause("DisruptionBudget") => Budgeted(e, words),
            429 or 503 => new EvictionVerdict(EvictionObstacle.ServerBusy, text) { RetryAfter = e.RetryAfter },
            _ when IsWebhook(text) => new EvictionVerdict(EvictionObstacle.Webhook, text),
            403 when e.HasCause("NamespaceTerminating") => new EvictionVerdict(EvictionObstacle.NamespaceTerminating, text),
            403 when text.Contains("poddisruptionbudget", StringComparison.Ordinal) => new EvictionVerdict(EvictionObstacle.BudgetOutOfOrder, text),
            403 => new EvictionVerdict(EvictionObstacle.Forbidden, text) { IsFinal = true },
            500 when text.Contains("more than one PodDisruptionBudget", StringComparison.Ordinal) =>
                new EvictionVerdict(EvictionObstacle.SeveralBudgets, text) { IsFinal = true },
            401 when !canRenewCredentials => new EvictionVerdict(EvictionObstacle.Forbidden, e.Message) { IsFinal = true },
            >= 500 or 401 => new EvictionVerdict(EvictionObstacle.ServerUnavailable, text) { RetryAfter = e.RetryAfter },
            _ => new EvictionVerdict(EvictionObstacle.Rejected, text) { IsFinal = true },
        };
    }

    private static EvictionVerdict Budgeted(KubernetesException e, string words)
    {
        var notObserved = words.Contains("is still being processed by the server", StringComparison.Ordinal);
        return new EvictionVerdict(notObserved ? EvictionObstacle.BudgetNotObserved : EvictionObstacle.Budget, words)
        {
            Budget = BudgetName.Match(words) is { Success: true } match ? match.Groups[1].Value : null,
            RetryAfter = e.RetryAfter,
        };
    }

    /// <summary>"admission webhook "x" denied the request", "failed calling webhook "x"": its reasons may be temporary.</summary>
    private static bool IsWebhook(string text) =>
        text.Contains("admission webhook", StringComparison.Ordinal) || text.Contains("failed calling webhook", StringComparison.Ordinal);

    private static readonly Regex BudgetName = new("The disruption budget (\\S+) ", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
