namespace ClusterHeal.Etcd.Configuration;

/// <summary>Compares how a member is set up in its files with how it runs.</summary>
internal static class EtcdDifference
{
    private static readonly (string Name, Func<EtcdConfiguration, string?> Value)[] Settings =
    [
        ("name", c => c.Name), ("data folder", c => c.DataDirectory), ("WAL folder", c => c.WalDirectory),
        ("client URLs to listen on", c => string.Join(',', c.ListenClientUrls)), ("client URLs to tell", c => string.Join(',', c.AdvertiseClientUrls)),
        ("peer URLs to listen on", c => string.Join(',', c.ListenPeerUrls)), ("peer URLs to tell", c => string.Join(',', c.InitialAdvertisePeerUrls)),
        ("server certificate", c => c.ServerCertFile), ("server key", c => c.ServerKeyFile), ("authority of clients", c => c.TrustedCaFile),
        ("peer certificate", c => c.PeerCertFile), ("peer key", c => c.PeerKeyFile), ("authority of peers", c => c.PeerTrustedCaFile),
    ];

    /// <summary>What differs, each as a sentence. Settings that count only at a member's first start are left out.</summary>
    /// <param name="file">As its files say.</param>
    /// <param name="running">As it runs.</param>
    public static string[] Between(EtcdConfiguration file, EtcdConfiguration running) =>
    [
        .. from setting in Settings
           let said = Shown(setting.Value(file))
           let runs = Shown(setting.Value(running))
           where said != runs
           select $"The {setting.Name}: {said} in {file.Path}, {runs} in the etcd that runs.",
    ];

    private static string Shown(string? value) => string.IsNullOrEmpty(value) ? "none" : $"'{value.TrimEnd('/')}'";
}
