namespace ClusterHeal.Etcd.Configuration;

/// <summary>Makes the errors of the configuration parsers: file, line, and the next step.</summary>
internal static class ConfigurationFault
{
    /// <summary>The error.</summary>
    /// <param name="source">The file.</param>
    /// <param name="line">The line from 1, or null if the whole file is meant.</param>
    /// <param name="what">What is wrong, without the end of the sentence.</param>
    /// <param name="remedy">What to do next.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public static ClusterHealException At(string source, int? line, string what, string? remedy = null, Exception? inner = null) => new(
        ErrorIds.EtcdConfigurationInvalid,
        FaultCategory.InvalidData,
        line is null ? $"'{source}' {what}." : $"'{source}', line {line}: {what}.",
        source,
        remedy ?? "Name etcd's environment file (/etc/etcd/etcd.conf), its unit, its --config-file, or the manifest of its static pod.",
        inner);
}
