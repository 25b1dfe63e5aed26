namespace ClusterHeal;

/// <summary>A field that is not the same in the live object and in that of a snapshot.</summary>
/// <param name="Field">Where it is: <c>spec.replicas</c>.</param>
/// <param name="Live">The live value as JSON; empty if there is none, or if the object may hold a secret.</param>
/// <param name="Snapshot">The value of the snapshot as JSON; empty if there is none, or if the object may hold a secret.</param>
public sealed record ClusterObjectChange(string Field, string Live, string Snapshot)
{
    /// <summary>The field and both values.</summary>
    public override string ToString() => (Live, Snapshot) is ("", "") ? Field : $"{Field}: {Or(Live)} -> {Or(Snapshot)}";

    private static string Or(string value) => value.Length > 0 ? value : "(none)";
}
