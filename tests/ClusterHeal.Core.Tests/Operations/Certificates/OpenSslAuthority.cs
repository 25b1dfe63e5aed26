using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>An authority, and certificates of kubeadm's form by it, all made by openssl.</summary>
internal sealed class OpenSslAuthority : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Makes the authority <c>ca</c>; the kind of key is openssl's <c>-newkey</c> with its options.</summary>
    public static async Task<OpenSslAuthority> MakeAsync(string key, string name = "kubernetes")
    {
        var authority = new OpenSslAuthority();
        await authority.RunAsync($"openssl req -x509 -newkey {key} -nodes -keyout ca.key -out ca.crt -days 3650 -subj /CN={name} -addext keyUsage=critical,digitalSignature,keyCertSign");
        return authority;
    }

    /// <summary>Issues a certificate that ends in a day, and gives its PEM text.</summary>
    public async Task<string> IssueAsync(string name, string key, string subject, string extensions)
    {
        await File.WriteAllTextAsync(PathOf($"{name}.ext"), extensions, Stop);
        await RunAsync($"openssl req -newkey {key} -nodes -keyout {name}.key -out {name}.csr -subj '{subject}'");
        await RunAsync($"openssl x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile {name}.ext -out {name}.crt");
        return await File.ReadAllTextAsync(PathOf($"{name}.crt"), Stop);
    }

    /// <summary>The authority with its key.</summary>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(PathOf("ca.crt"), PathOf("ca.key"));

    /// <summary>Runs a command in the folder and gives its output.</summary>
    public async Task<string> RunAsync(string command) => (await Tool.RunAsync("sh", ["-c", $"cd {_folder.Path} && {command}"], Stop)).Expect().Output;

    public void Dispose() => _folder.Dispose();
}
