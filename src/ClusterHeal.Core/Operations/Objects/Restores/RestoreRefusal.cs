namespace ClusterHeal.Operations;

/// <summary>Why the API server did not accept an object, as a sentence, and what to do next.</summary>
/// <param name="Problem">Why.</param>
/// <param name="Remedy">What to do; null if the reason says it.</param>
/// <param name="Category">The kind of failure.</param>
internal sealed record RestoreRefusal(string Problem, string? Remedy, FaultCategory Category)
{
    private const int LongestMessage = 600;

    /// <summary>Puts a refusal into words.</summary>
    /// <param name="restored">The object.</param>
    /// <param name="value">Its bytes. If they are confidential, none of them are in the words.</param>
    /// <param name="refusal">What the server said.</param>
    public static RestoreRefusal Of(RestoredObject restored, byte[] value, KubernetesException refusal)
    {
        if (refusal.StatusCode is not { } code) return new RestoreRefusal(refusal.Message, refusal.Remedy, refusal.Category);
        var said = refusal.ServerMessage is { Length: > 0 } message ? message : $"HTTP status {code}";
        if (said.Length > LongestMessage) said = said[..LongestMessage] + "…";
        if (restored.IsConfidential) said = Confidential.Guard(said, value, restored.Resource == "secrets");
        return new RestoreRefusal($"The API server refused it ({code}{(refusal.Reason is { Length: > 0 } reason ? $" {reason}" : "")}): {said}", RemedyOf(refusal), refusal.Category);
    }

    private static string? RemedyOf(KubernetesException refusal)
    {
        var said = refusal.ServerMessage ?? "";
        if (refusal.HasCause("NamespaceTerminating")) return "Wait until the namespace is gone, then restore it too (-All with -Namespace).";
        if (Says("exceeded quota")) return "Raise the quota, or make room, and call the cmdlet again.";
        if (Says("admission webhook")) return "Look at the webhook that is named: what it wants, and whether its pods run.";
        if (Says("immutable") || Says("may not change") || Says("updates to statefulset spec")) return "A live object keeps such a field. Delete the live object first if the stored one must replace it.";
        return refusal.Remedy;

        bool Says(string words) => said.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
