using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>An object that is tried, perhaps several times, each time without a part that the server does not accept.</summary>
/// <param name="restored">The object.</param>
/// <param name="rewrite">What is changed in it.</param>
/// <param name="notes">What users are told about the changes.</param>
internal sealed class RestoreAttempt(RestoredObject restored, MetadataRewrite rewrite, List<string> notes)
{
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private bool _hasAddress = restored.Resource == "services";
    private bool _hasPorts = restored.Resource == "services";

    public RestoredObject Restored => restored;

    public MetadataRewrite Rewrite { get; set; } = rewrite;

    public List<string> Notes => notes;

    /// <summary>Whether less time than this has passed since the first try.</summary>
    public bool IsWithin(TimeProvider time, TimeSpan patience) => time.GetElapsedTime(_start) < patience;

    /// <summary>Removes the address or the node ports from a service, if the server says that they are in use.</summary>
    /// <returns>False if that is not what the server says.</returns>
    public bool GiveUpAddress(string refusal)
    {
        if (_hasPorts && (refusal.Contains("nodePort", StringComparison.Ordinal) || refusal.Contains("healthCheckNodePort", StringComparison.Ordinal)))
        {
            _hasPorts = false;
            notes.Add("Its node port is not free, so it gets another one.");
            Rewrite = Rewrite with { WithoutFields = [.. Rewrite.WithoutFields, StoredField.NodePort, StoredField.HealthCheckNodePort] };
            return true;
        }

        if (!_hasAddress || !refusal.Contains("clusterIP", StringComparison.Ordinal)) return false;
        _hasAddress = false;
        notes.Add(Rewrite.ResourceVersion is null ? "Its address is not free, so it gets another one." : "It keeps the address that it has now.");
        Rewrite = Rewrite with { WithoutFields = [.. Rewrite.WithoutFields, StoredField.ClusterIP, StoredField.ClusterIPs] };
        return true;
    }
}
