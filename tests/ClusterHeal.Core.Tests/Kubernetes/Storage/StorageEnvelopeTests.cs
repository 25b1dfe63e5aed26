using System.Text;
using ClusterHeal.Kubernetes;
using ClusterHeal.Tests.Operations.Objects;

namespace ClusterHeal.Tests.Kubernetes.Storage;

/// <summary>Values as API servers store them, and what nobody should have stored.</summary>
public sealed class StorageEnvelopeTests
{
    private const string Widget = """{"spec":{"kind":"no","metadata":{}},"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"w","labels":{"a":"b"}}}""";

    [Theory]
    [InlineData("\ufeff" + Widget)]
    [InlineData("  \r\n" + Widget + "\n")]
    [InlineData(Widget)]
    public void JSON_is_read_whatever_stands_before_it(string text)
    {
        var envelope = StorageEnvelope.Open(Encoding.UTF8.GetBytes(text));
        Assert.Equal((StoredObjectForm.Json, "example.com/v1", "Widget"), (envelope.Form, envelope.ApiVersion, envelope.Kind));
        var metadata = StorageMetadata.Read(envelope)!;
        Assert.Equal(("w", "b"), (metadata.Name, metadata.Labels["a"]));
    }

    [Fact]
    public void JSON_that_nests_deeply_is_read()
    {
        const int Depth = 5000;
        var spec = new string('[', Depth) + new string(']', Depth);
        var text = """{"kind":"Widget","spec":SPEC,"metadata":{"name":"w"}}""".Replace("SPEC", spec, StringComparison.Ordinal);
        Assert.Equal("w", StorageMetadata.Read(StorageEnvelope.Open(Encoding.UTF8.GetBytes(text)))!.Name);
    }

    [Theory]
    [InlineData("k8s:enc:aescbc:v1:key1:", "aescbc:v1:key1", 0)]
    [InlineData("k8s:enc:aesgcm:v1:a.b-c:xyz", "aesgcm:v1:a.b-c", 3)]
    [InlineData("k8s:enc:kms:v2:vault::rest", "kms:v2:vault", 5)]
    public void An_encrypted_value_names_its_provider_and_key(string text, string encryption, int body)
    {
        var envelope = StorageEnvelope.Open(Encoding.UTF8.GetBytes(text));
        Assert.Equal((StoredObjectForm.Encrypted, encryption, body), (envelope.Form, envelope.Encryption, envelope.Body.Length));
        Assert.Null(envelope.Problem);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("k8s\u0001abc", "unknown version")]
    [InlineData("k8s", "unknown version")]
    [InlineData("k8s:enc:aescbc:v1", "names no provider and key")]
    [InlineData("k8s\0\u000a\u00ff", "cut short")]
    [InlineData("k8s\0", "names no kind")]
    [InlineData("k8s\0\u000a\u0009\u000a\u0002v1\u0012\u0003Pod", "cut short")]
    [InlineData("{\"kind\":\"Widget\",\"metadata\":7}", "without metadata")]
    [InlineData("{\"kind\":\"Widget\"", "is none")]
    [InlineData("{\"kind\":\"Widget\"} {}", "is none")]
    [InlineData("{\"kind\":7}", "names no kind")]
    [InlineData("{}", "names no kind")]
    [InlineData("plain", "neither")]
    [InlineData("\u00d9\u00d9\u00f7\u00a0", "neither")]
    public void What_is_no_object_is_said_and_not_read(string latin, string problem)
    {
        var envelope = StorageEnvelope.Open(Encoding.Latin1.GetBytes(latin));
        Assert.Equal(StoredObjectForm.Unknown, envelope.Form);
        Assert.Contains(problem, envelope.Problem, StringComparison.Ordinal);
        Assert.Null(StorageMetadata.Read(envelope));
    }

    [Fact]
    public void A_value_that_was_cut_anywhere_is_never_half_read()
    {
        var whole = StoredObjects.Protobuf("nginx", annotation: new string('x', 300));
        var sound = StorageMetadata.Read(StorageEnvelope.Open(whole))!;
        Assert.Equal(("nginx", 300, 7L), (sound.Name, sound.Annotations["note"].Length, sound.Generation));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), sound.CreationTimestamp);
        for (var length = 0; length < whole.Length; length++)
        {
            // The last two fields, which are empty, may be missing: 4 bytes.
            var metadata = StorageMetadata.Read(StorageEnvelope.Open(whole.AsSpan(0, length)));
            Assert.True(metadata is null || (length >= whole.Length - 4 && metadata.Name == "nginx"), $"cut at {length}");
        }
    }

    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF)]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF)]
    [InlineData(253_402_300_800)]
    public void A_time_that_no_calendar_has_is_damage(ulong seconds) =>
        Assert.Equal(seconds == ulong.MaxValue, StorageMetadata.Read(StorageEnvelope.Open(StoredObjects.Protobuf("x", seconds: seconds))) is not null);
}
