using System.Text;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Kubernetes.Storage;

/// <summary>Keys of encryption at rest. What a real API server encrypted with each provider is opened in the tests of restored objects.</summary>
public sealed class EncryptionConfigurationTests : IDisposable
{
    private const string Object = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"p":"Y2FuYXJ5"}}""";
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_box_of_NaCl_is_opened_and_one_that_was_changed_is_not()
    {
        // The example of NaCl itself (tests/secretbox.c).
        var key = Convert.FromHexString("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        var box = Convert.FromHexString(
            "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
            + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5");
        var text = Convert.FromHexString(
            "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a"
            + "024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705");
        Assert.Equal(text, SecretBox.Open(key, box));
        foreach (var place in new[] { 0, 24, 40, box.Length - 1 })
        {
            var changed = box.ToArray();
            changed[place] ^= 1;
            Assert.Null(SecretBox.Open(key, changed));
        }

        Assert.Null(SecretBox.Open(key, box.AsSpan(0, 39)));
    }

    [Fact]
    public async Task What_openssl_encrypted_with_AES_CBC_is_opened_with_the_key_of_its_name()
    {
        var key = new string('k', 32);
        await File.WriteAllTextAsync(_folder.File("plain"), Object, Stop);
        var iv = new byte[16];
        (await Tool.RunAsync(
            "openssl", ["enc", "-aes-256-cbc", "-K", Convert.ToHexString(Encoding.ASCII.GetBytes(key)), "-iv", Convert.ToHexString(iv), "-in", _folder.File("plain"), "-out", _folder.File("sealed")],
            Stop)).Expect();
        var sealedBytes = await File.ReadAllBytesAsync(_folder.File("sealed"), Stop);
        byte[] value = [.. "k8s:enc:aescbc:v1:mine:"u8, .. iv, .. sealedBytes];
        var keys = EncryptionConfiguration.Read(Write("keys.yaml", ("aescbc", "other", new string('o', 32)), ("secretbox", "mine", key), ("aescbc", "mine", key)));
        var (opened, problem) = keys.Decrypt(value, "/registry/secrets/default/s");
        Assert.Null(problem);
        Assert.Equal(Object, Encoding.UTF8.GetString(opened!));

        Assert.Contains("no key of that provider and name", EncryptionConfiguration.Read(Write("none.yaml", ("aescbc", "other", key))).Decrypt(value, "k").Problem, StringComparison.Ordinal);
        Assert.Contains("is another one", EncryptionConfiguration.Read(Write("wrong.yaml", ("aescbc", "mine", new string('x', 32)))).Decrypt(value, "k").Problem, StringComparison.Ordinal);
        Assert.Contains("is another one", keys.Decrypt(value.AsSpan(0, value.Length - 1), "k").Problem, StringComparison.Ordinal);
        Assert.Contains("has to be given", EncryptionConfiguration.None.Decrypt(value, "k").Problem, StringComparison.Ordinal);
        Assert.Contains("only that plugin", keys.Decrypt("k8s:enc:kms:v1:vault:x"u8, "k").Problem, StringComparison.Ordinal);
        Assert.Contains("not known here", keys.Decrypt("k8s:enc:rot13:v1:vault:x"u8, "k").Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: Pod", "its kind is not EncryptionConfiguration")]
    [InlineData("", "its kind is not EncryptionConfiguration")]
    [InlineData("kind: EncryptionConfiguration\nresources:\n- providers:\n  - aescbc: {keys: [{name: a, secret: c2VjcmV0LWNhbmFyeQ==}]}", "is not 16 or 24 or 32 bytes in base64")]
    [InlineData("kind: EncryptionConfiguration\nresources:\n- providers:\n  - secretbox: {keys: [{name: a, secret: 'secret-canary'}]}", "is not 32 bytes in base64")]
    [InlineData("kind: EncryptionConfiguration\nresources:\n- providers:\n  - aesgcm: {keys: [{secret: c2VjcmV0LWNhbmFyeQ==}]}", "has no name")]
    [InlineData("kind: EncryptionConfiguration\nresources: [ secret-canary", "it is not YAML at line ")]
    public void A_file_that_is_none_is_said_without_a_word_of_it(string text, string why)
    {
        var path = _folder.File("bad.yaml");
        File.WriteAllText(path, text);
        var fault = Assert.Throws<ClusterHealException>(() => EncryptionConfiguration.Read(path));
        Assert.Equal(ErrorIds.EncryptionConfigurationInvalid, fault.ErrorId);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said() =>
        Assert.Equal(ErrorIds.PathNotFound, Assert.Throws<ClusterHealException>(() => EncryptionConfiguration.Read(_folder.File("none"))).ErrorId);

    private string Write(string name, params (string Provider, string Name, string Key)[] keys)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n"
            + string.Concat(keys.Select(k => $"  - {k.Provider}:\n      keys:\n      - name: {k.Name}\n        secret: {Convert.ToBase64String(Encoding.ASCII.GetBytes(k.Key))}\n"))
            + "  - identity: {}\n");
        return path;
    }
}
