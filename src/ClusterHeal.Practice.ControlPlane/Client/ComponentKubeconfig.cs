using System.Text;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>How a component reaches the API server and who it is there: a kubeconfig with one context, as the components' own have.</summary>
internal static class ComponentKubeconfig
{
    public static KubernetesConnection Read(string path) =>
        new Kubeconfig([KubeconfigFile.Parse(path, File.ReadAllText(path))]).Resolve(null);

    /// <summary>Writes a file with one context, which kubectl reads as well.</summary>
    public static string Text(string server, string authorityPem, string user, string certificatePem, string keyPem) => Compose(
        server, authorityPem, user, $"client-certificate-data: {Data(certificatePem)}", $"client-key-data: {Data(keyPem)}");

    /// <summary>The same if certificate and key are one file of the host, as kubelets have it.</summary>
    public static string TextWithFile(string server, string authorityPem, string user, string path) => Compose(
        server, authorityPem, user, $"client-certificate: {path}", $"client-key: {path}");

    private static string Compose(string server, string authorityPem, string user, string certificate, string key) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: practice
          cluster:
            server: {server}
            certificate-authority-data: {Data(authorityPem)}
        users:
        - name: {user}
          user:
            {certificate}
            {key}
        contexts:
        - name: practice
          context:
            cluster: practice
            user: {user}
        current-context: practice

        """;

    private static string Data(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
