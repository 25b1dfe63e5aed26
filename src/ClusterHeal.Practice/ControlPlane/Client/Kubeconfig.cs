using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>How a component reaches the API server and who it is there: the current context of a kubeconfig.</summary>
/// <param name="Server">The URL of the server.</param>
/// <param name="Authorities">Who vouches for it.</param>
/// <param name="Certificate">The component's certificate, or null.</param>
/// <param name="Token">The component's token, or null.</param>
internal sealed record Kubeconfig(Uri Server, X509Certificate2Collection Authorities, X509Certificate2? Certificate, string? Token)
{
    /// <summary>Reads a file that has one context, as the components' own have.</summary>
    public static Kubeconfig Read(string path)
    {
        var file = Yaml.Read(File.ReadAllText(path)).Single();
        var cluster = file.Items("clusters").First()["cluster"];
        var user = file.Items("users").First()["user"];
        var authorities = new X509Certificate2Collection();
        if (Pem(cluster, "certificate-authority") is { } authority) authorities.ImportFromPem(authority);
        var certificate = Pem(user, "client-certificate") is { } text ? X509Certificate2.CreateFromPem(text, Pem(user, "client-key"))
            : null;
        return new Kubeconfig(new Uri(cluster.Text("server")!), authorities, certificate, user.Text("token"));
    }

    /// <summary>Writes a file with one context, which kubectl reads as well.</summary>
    public static string Text(string server, string authorityPem, string user, string certificatePem, string keyPem) => Compose(
        server, authorityPem, user, $"client-certificate-data: {Data(certificatePem)}", $"client-key-data: {Data(keyPem)}");

    /// <summary>The same where certificate and key are one file of the host, as kubelets have it.</summary>
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

    private static string? Pem(JsonNode? entry, string name) =>
        entry.Text(name + "-data") is { } data ? Encoding.ASCII.GetString(Convert.FromBase64String(data))
        : entry.Text(name) is { } file ? File.ReadAllText(file) : null;
}
