namespace ClusterHeal;

/// <summary>How manifests are written.</summary>
public enum ManifestFormat
{
    /// <summary>YAML.</summary>
    Yaml,

    /// <summary>JSON.</summary>
    Json,
}
