namespace ClusterHeal.Common.Yaml;

/// <summary>What is wrong with a YAML text, and where. Callers name the file.</summary>
/// <param name="place">Where.</param>
/// <param name="what">What, without the end of the sentence.</param>
/// <param name="cause">What the parser said, or null.</param>
internal sealed class YamlFault(YamlPlace place, string what, Exception? cause = null) : Exception(what, cause)
{
    /// <summary>Where it is wrong.</summary>
    public YamlPlace Place => place;
}
